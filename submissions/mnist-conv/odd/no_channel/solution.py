import tensorflow as tf

class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('accuracy')>0.998:
            self.model.stop_training=True

def train_mnist_conv():
    callbacks=myCallback()
    (x_train,y_train),(x_test,y_test)=tf.keras.datasets.mnist.load_data()
    x_train=x_train/255.0
    x_test=x_test/255.0
    model=tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(32,(3,3),activation='relu',input_shape=(28,28,1)),
        tf.keras.layers.MaxPooling2D(2,2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(128,activation='relu'),
        tf.keras.layers.Dense(10,activation='softmax')
    ])
    model.compile(optimizer='adam',loss='sparse_categorical_crossentropy',metrics=['accuracy'])
    history=model.fit(x_train,y_train,epochs=20,callbacks=[callbacks])
    return history.epoch,history.history['accuracy'][-1]
