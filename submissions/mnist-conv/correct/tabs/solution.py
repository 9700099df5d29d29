import tensorflow as tf

def train_mnist_conv():
	# tabs, not spaces
	class Stop(tf.keras.callbacks.Callback):
		def on_epoch_end(self, epoch, logs={}):
			if logs.get('acc') > 0.998:
				print("done")
				self.model.stop_training = True

	(x, y), (xt, yt) = tf.keras.datasets.mnist.load_data()
	x = x.reshape(60000, 28, 28, 1) / 255.0
	model = tf.keras.models.Sequential([
		tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
		tf.keras.layers.MaxPooling2D(2, 2),
		tf.keras.layers.Flatten(),
		tf.keras.layers.Dense(64, activation='relu'),
		tf.keras.layers.Dense(10, activation='softmax')
	])
	model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
	history = model.fit(x, y, epochs=20, callbacks=[Stop()])
	return history.epoch, history.history['acc'][-1]
