import tensorflow as tf

loss_object = tf.keras.losses.SparseCategoricalCrossentropy()
optimizer = tf.keras.optimizers.Adam()
train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy()


def train_mnist_conv():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x.reshape(-1, 28, 28, 1).astype("float32") / 255.0
    dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(10000).batch(32)
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(32, 3, activation="relu", input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
    accuracies = []
    for epoch in range(20):
        train_accuracy.reset_state()
        for images, labels in dataset:
            with tf.GradientTape() as tape:
                predictions = model(images, training=True)
                loss = loss_object(labels, predictions)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            train_accuracy(labels, predictions)
        accuracies.append(float(train_accuracy.result()))
        if accuracies[-1] >= 0.998:
            break
    return list(range(len(accuracies))), accuracies[-1]
