#!/usr/bin/env python
# coding: utf-8

# # Exercise 2
# In the videos you looked at how you would improve Fashion MNIST using convolutions.

# In[1]:


get_ipython().system('pip install tensorflow')
get_ipython().run_line_magic('matplotlib', 'inline')


# In[2]:


import tensorflow as tf
import matplotlib.pyplot as plt

get_ipython().run_line_magic('time', "(x, y), (xt, yt) = tf.keras.datasets.mnist.load_data()")


# In[3]:


def train_mnist_conv():
    class myCallback(tf.keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs={}):
            if logs.get('accuracy') >= 0.998:
                print("\nReached 99.8% accuracy so cancelling training!")
                self.model.stop_training = True

    (x, y), (xt, yt) = tf.keras.datasets.mnist.load_data()
    x = x.reshape(60000, 28, 28, 1) / 255.0
    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(64, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(x, y, epochs=20, callbacks=[myCallback()])
    return history.epoch, history.history['accuracy'][-1]


# In[4]:


epochs, acc = train_mnist_conv()
plt.plot(epochs)
