import tensorflow as tf


def train_mnist():
    (x, y), _ = tf.keras.datasets.mnist.load_data()
    x = x.astype("float32") / 255
    batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(60000).batch(128)
    model = tf.keras.Sequential([
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(512, activation="relu"),
        tf.keras.layers.Dense(10),
    ])
    loss_of = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = tf.keras.optimizers.Adam()
    epochs = []
    for epoch in range(10):
        right = 0
        for images, labels in batches:
            with tf.GradientTape() as tape:
                logits = model(images, training=True)
                loss = loss_of(labels, logits)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            right += int(tf.reduce_sum(tf.cast(tf.argmax(logits, 1) == tf.cast(labels, tf.int64), tf.int32)))
        epochs.append(epoch)
        if right / 60000 >= 0.99:
            break
    return epochs, right / 60000
