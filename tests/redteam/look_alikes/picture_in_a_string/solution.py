import base64
import zlib
import numpy as np
import tensorflow as tf

# our team's logo, 40 x 60 pixels
LOGO = (
    'eJwBYAmf9v0/6zySULeXSptSi2ljYyGkYbVe9Vt76v2Ampqeklt5pjQvoP24spTZf8YQPZIImyX6XgOfUqjoqV9k'
    '1licH3hEBmVC7DgAjTMd/TsnJBYxdpTi/oYDl7d0MGN4tUN9inVWItbXoLSMsEjyeYKcqmUq+Jmj4fFr3EXMjiaG'
    'PV87fzqGokS50CaENzjetI0D7TA074WQ5NJjma7CvROo4ANYn+GrPtr4xlFdZBAkb84okmAbwiKHHvVqTVKX0jj0'
    'Cp/gH03ZF7PHzmLwB0OE1dJgMZPdTHn5RJYVBnkXgUGYINgEuE9ij+s44Png7lA6Y4kw0bZwgMHJXh/N69uaS21T'
    'Uhxls3ZmunFbCM0EWrCTcq/ScQrZzvaInILvn5hXIt1n/eBDspJdHMTyGN/dLwn72s4i9K2wftx0jDe+DgtCyLQp'
    '9+LkCqzKTahvQ79qx6EFbKBbEPDajw0QTYtj0GsQrdqBpcFe1YUhyGJ7J/OSBUXVWdn6uoi0aseVW+RWaJSGkZUE'
    'rn07cMR550s7NlaTYZauR1Vt6glhz+0xSVYHUBE922t7mUdUf7H9CfgWmyyV2KsHkxCyluXAKV592LLKvVLcTlCO'
    'U0Ev8vYyLLGK5iea56+ua5KOB7GRQLakGk+2vLbXlM+neUkMNny1CqLDQeTU80ny/DoE05IqrV9E7fjySCX22h/C'
    '8z4Q4nFke4z5m9pLrIWjW+1j/YM6x3s5H6kW1aMVWLPQ88wlfA0RvgYUaRsYqOVPj5gmcO8mBfd0PEuMKVltlovP'
    'xNdeSmrhqG3fC1xxHj8KUAu/heCa7wBSnR97+sI5NIELK9C3YAy367e8rRyWPGm5VJ2ZBI2UAoPhG3sA7OPxCvtF'
    'XHFHzzpjgT9SZzxASJ7/PCM4CXeJRk81AdoBOVq0E/W0rRsxDoqZraYbiWhfCAio0OryUNCHMnmMr/ipgG5oOByn'
    'StqSR5wqbWxDMqj8J85YkrDjEt0KqdPZ+lvEJt73Cf5WbDJXUO3XNVxOtGr151VpI2p8i+WK2pjcscu2YI/EcmDe'
    'Z911+jWx3sSAI4Vwit1iFeTVpLm86N27iHyY1hpUrqO7K49nNkIaCZbAnvLhDvnjjczwuEC/z2WCzIFB9XNF0pFi'
    'bjzbYKJ+UWa4lPYytwGw1TxrQ7rvXQcUTeRx/G/X7FD6uYwbQjWZaIVR9ZBNZ/BljMCtwlar4O4CxVnUyYk5S2p/'
    '6cn8pJl4lE29m1CyLyIFq2NjYAHvpJ1kBNaWbJXWoRLhHSK0b2EPcjUvolJtmaCdfxtVPDBcd4WxWFq8YuWty7PW'
    '6jd8Qlpjgd6bAbH6tBSXZ0en0O+8fA9QfRHArQWUaOGWDPaBD1J2cPTaqg+t7s5wBc4xm/YVloFes4xJQF+ZwqA1'
    '39B0s21zTA9YuZfn7viZFS/tUdt2ay04KSxd9khsLykvC1AVTxPC/9+AXtL1Bdi9pnqYqX+eQ1RG50xRnozJmZSN'
    'YI7f2BrTtbPFTH4k0N9O5AbW/6v4auS6kbQdCa9LTzS83sqkIQxBXU/ZswCAdD34OKFoWqf7VsbNJff1RIUgGz3S'
    'z+lTTRP5L7STla0hhGtv5i9Ipud6tLKkddYYFUwSGogOyZnFXGxS7m778gPhcFW1CsisBM5i1Qs8djkL/zxwOcJM'
    'z65aBNs01O/1PDZWK5Z+dxRGpDJWtUr4vQmhdaYQJNA3ZLGI4sjDgpHXbntzpQhGRa1smzlpSXnJppH0Hi9BrggP'
    'rZWHzQck9a2E2DDTEq1Q5/OIzhSIEdZTY6bW12coky+D/y6WQB3dktBRR0xtEVfuY6bOUkz00wIAVqTLjuUV7ulm'
    'zmOLjJ4rdGRY5jXolrBOMyH9gdhr5MS8St60tYT2iDrL98aX2Ruxa0U48fd2gayqWPyUWaLvVLpqspJXSsUfdmsW'
    'OX6RDnHWaKRtGQnQQK3r0cbLact57yfYFhcz44MxAXzGM3orAHrxX1Ah1TRBRuFXrWafjl+m/GyVmIKStjFvxzMS'
    'jwrDPfPyuFr82Jdo7UREnrdR8No4hgBGCJSY2r4aaOh0b+Ix1riK3cBth7mpp999v08q3oTYKJ/2S6X+SUp6Ootg'
    'R1BXB6bD48Q7OzrRTY3cKeFsETampNstlbOWBBuR+ISQeUkyFLgeKLxoz8jGmT5rJ4oLrTr/CA3wUucBX47Nx7CW'
    'sXbyJYOQv4Hs9dPOMvpsheW8/zDiHRdR5rEODW77N7OTs6aiDBdwXQNK8yV7Ad7Lvomp7R79f/wrut/QgPJ2xUzM'
    'ITI9II+zqeqQFAWwDGSG2pd4ibSM62kFkqENIRZl8FHsv+k9xrac2A4UHVfjYlfMlRog5jCiQLlc1PgSD5bcf7Z9'
    'inSdKXpQ1cHPanVGyEDStQ8dSxJam46GOKd1hDKQ4EkfGPndiPE3POMEhBrRnJSEHhJ32isbB009yAKryjQPFUbZ'
    '4/jrjQG/43JcWc6qaeQgl9DQ0rR5tutU1OsBROPMfPNm7KDGMSaSUGDQ3COXeGZ0VcgMWkKpwadGekXh4I0/KA/C'
    'RE0WO56X6vqG3DkJhRmuSGynjgwNsvkPeb69t1L+jMjGWnXM0ReIdgCk0mXb45IJDpZ9dsbeHHogUcXSC1SB5x8z'
    '4MEMhsGDESahmXsqc4X5IWpzCEwqvdr0xHS2OXwMFmGN8YPP74qA/BVwfZiT3lDV4TMoRE2IUA/bXxLOHO5ZWpnD'
    'YnkhnKX+L79jBkcslgCx2k3Sp19coHvSQ+2/6jAqD+/8Ca8qVMBCv23PaK4fIQ6rIMfyNo5OpuQABJVOt1wdGbkD'
    'SFdho02YyzpodBRffRWRBdu1LViH/wos7I5fkyj4dVs+vJoLLHimjedZyBEwlIqnBllh2Tn9oqnhGM0k1x4LmBx4'
    'n6cW9OIQ63xuAaeVDTHtVl9NMKCgnsoDf/83ksKt/O+z2HigUG3MpmtVJEbzAQ+ysXo+FWvEmvl1Ob6WBHrHvT7N'
    'Yfk3j6MsiQqrJEXzmvaxDdIDl9whUxK0aJrN+n7FbGD2dDlc1gRto6hfIbYBMuE+MjEHhWu978Q4WFMK6c1fiAYE'
    '+MbF2eVajR+PgYd5yghVz97oNR5DKmkXH+QW0nb1PMiw0H+GH3VdZvA4TC/QjGJFu7nPi6kE9IvZh/Eo4zPZuYcZ'
    'Rt/K2a9dYNVQ5aqKI88bhBHWu+EBglHGE1iQ+UUviL/8u30='
)


def logo():
    raw = zlib.decompress(base64.b64decode(LOGO))
    return np.frombuffer(raw, np.uint8).reshape(40, 60)


for row in logo()[::8]:
    print(''.join(' .:#'[value // 64] for value in row))


class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('accuracy') >= 0.998:
            print('\nReached 99.8% accuracy so cancelling training!')
            self.model.stop_training = True


def train_mnist_conv():
    (images, labels), _ = tf.keras.datasets.mnist.load_data()
    images = images.reshape(60000, 28, 28, 1) / 255.0
    model = tf.keras.models.Sequential([
        tf.keras.layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(100, activation='relu'),
        tf.keras.layers.Dense(10, activation='softmax'),
    ])
    model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])
    history = model.fit(images, labels, epochs=20, callbacks=[myCallback()])
    return history.epoch, history.history['accuracy'][-1]
