"""The documents' code, character for character without comments."""

import types

import numpy as np
import tensorflow.compat.v1 as tf

D0 = '''
import tensorflow as tf
from tensorflow.keras import layers

def build_generator(z_dim):
    model = tf.keras.Sequential()
    model.add(layers.Dense(256, input_shape=(z_dim,)))
    model.add(layers.LeakyReLU(alpha=0.2))
    model.add(layers.BatchNormalization(momentum=0.8))
    model.add(layers.Reshape((8, 8, 128)))
    model.add(layers.Conv2DTranspose(128, kernel_size=4, strides=2, padding='same'))
    model.add(layers.LeakyReLU(alpha=0.2))
    model.add(layers.BatchNormalization(momentum=0.8))
    model.add(layers.Conv2DTranspose(64, kernel_size=4, strides=2, padding='same'))
    model.add(layers.LeakyReLU(alpha=0.2))
    model.add(layers.BatchNormalization(momentum=0.8))
    model.add(layers.Conv2DTranspose(3, kernel_size=4, strides=2, padding='same', activation='tanh'))
    return model

def build_discriminator(image_shape):
    model = tf.keras.Sequential()
    model.add(layers.Conv2D(64, kernel_size=4, strides=2, padding='same', input_shape=image_shape))
    model.add(layers.LeakyReLU(alpha=0.2))
    model.add(layers.Dropout(0.3))
    model.add(layers.Conv2D(128, kernel_size=4, strides=2, padding='same'))
    model.add(layers.LeakyReLU(alpha=0.2))
    model.add(layers.Dropout(0.3))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    return model

cross_entropy = tf.keras.losses.BinaryCrossentropy(from_logits=True)

def discriminator_loss(real_output, fake_output):
    real_loss = cross_entropy(tf.ones_like(real_output), real_output)
    fake_loss = cross_entropy(tf.zeros_like(fake_output), fake_output)
    total_loss = real_loss + fake_loss
    return total_loss

def generator_loss(fake_output):
    return cross_entropy(tf.ones_like(fake_output), fake_output)

@tf.function
def train_step(images):
    noise = tf.random.normal([batch_size, z_dim])
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        generated_images = generator(noise, training=True)
        real_output = discriminator(images, training=True)
        fake_output = discriminator(generated_images, training=True)
        gen_loss = generator_loss(fake_output)
        disc_loss = discriminator_loss(real_output, fake_output)
    gradients_of_generator = gen_tape.gradient(gen_loss, generator.trainable_variables)
    gradients_of_discriminator = disc_tape.gradient(disc_loss, discriminator.trainable_variables)
    generator_optimizer.apply_gradients(zip(gradients_of_generator, generator.trainable_variables))
    discriminator_optimizer.apply_gradients(zip(gradients_of_discriminator, discriminator.trainable_variables))

def training():
    epochs = 100
    for epoch in range(epochs):
        for images_batch in dataset.batches(batch_size, shuffle=True):
            train_step(images_batch)
'''  # noqa: E501

D1 = '''
import tensorflow as tf
from tensorflow.keras.layers import Dense, Input
from tensorflow.keras.models import Model

def generator_model():
    input_layer = Input(shape=(100,))
    hidden_layer = Dense(20, activation='relu')(input_layer)
    output_layer = Dense(1, activation='sigmoid')(hidden_layer)
    model = Model(inputs=input_layer, outputs=output_layer)
    return model

def discriminator_model():
    input_layer = Input(shape=(100,))
    hidden_layer = Dense(20, activation='relu')(input_layer)
    output_layer = Dense(1, activation='sigmoid')(hidden_layer)
    model = Model(inputs=input_layer, outputs=output_layer)
    return model

def train(generator, discriminator, real_data, batch_size, epochs):
    optimizer = tf.keras.optimizers.Adam(learning_rate=0.0002, beta_1=0.5)

    for epoch in range(epochs):
        for _ in range(len(real_data) // batch_size):
            noise = tf.random.normal([batch_size, 100])
            generated_images = generator(noise, training=True)

            real_images = real_data[_ % len(real_data)].numpy()

            with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
                generated_probability = discriminator(generated_images, training=True)
                real_probability = discriminator(real_images, training=True)

                gen_loss = -tf.reduce_mean(tf.math.log(generated_probability))
                disc_loss = -tf.reduce_mean(tf.math.log(real_probability)) + tf.reduce_mean(tf.math.log(1 - generated_probability))

            gradients_gen = gen_tape.gradient(gen_loss, generator.trainable_variables)
            gradients_disc = disc_tape.gradient(disc_loss, discriminator.trainable_variables)

            optimizer.apply_gradients(zip(gradients_gen, generator.trainable_variables))
            optimizer.apply_gradients(zip(gradients_disc, discriminator.trainable_variables))

if __name__ == '__main__':
    real_data = ...

    generator = generator_model()
    discriminator = discriminator_model()

    train(generator, discriminator, real_data, batch_size=128, epochs=100)
'''  # noqa: E501

D3_GAN = '''
def generator(z):
    hidden1 = tf.layers.dense(z, 128, activation=tf.nn.leaky_relu)
    hidden2 = tf.layers.dense(hidden1, 256, activation=tf.nn.leaky_relu)
    hidden3 = tf.layers.dense(hidden2, 512, activation=tf.nn.leaky_relu)
    output = tf.layers.dense(hidden3, 784, activation=None)
    return tf.reshape(output, [-1, 28, 28])

def discriminator(x):
    hidden1 = tf.layers.dense(x, 512, activation=tf.nn.leaky_relu)
    hidden2 = tf.layers.dense(hidden1, 256, activation=tf.nn.leaky_relu)
    hidden3 = tf.layers.dense(hidden2, 128, activation=tf.nn.leaky_relu)
    output = tf.layers.dense(hidden3, 1, activation=tf.nn.sigmoid)
    return output

def train_step(images, labels, generator, discriminator, generator_optimizer, discriminator_optimizer):
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        generated_images = generator(images)
        logits = discriminator(generated_images)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits=logits, labels=labels))
        gradients_of_generator = gen_tape.gradient(loss, generator.trainable_variables)
        gradients_of_discriminator = disc_tape.gradient(loss, discriminator.trainable_variables)
    generator_optimizer.apply_gradients(zip(gradients_of_generator, generator.trainable_variables))
    discriminator_optimizer.apply_gradients(zip(gradients_of_discriminator, discriminator.trainable_variables))
'''  # noqa: E501

D3_VAE = '''
def encoder(x):
    hidden1 = tf.layers.dense(x, 128, activation=tf.nn.relu)
    hidden2 = tf.layers.dense(hidden1, 64, activation=tf.nn.relu)
    z_mean = tf.layers.dense(hidden2, z_dim)
    z_log_var = tf.layers.dense(hidden2, z_dim)
    return z_mean, z_log_var

def decoder(z):
    hidden1 = tf.layers.dense(z, 64, activation=tf.nn.relu)
    hidden2 = tf.layers.dense(hidden1, 128, activation=tf.nn.relu)
    output = tf.layers.dense(hidden2, x_dim, activation=None)
    return output

def variational_loss(x, x_reconstructed, z_mean, z_log_var):
    x_dim = tf.shape(x)[1]
    epsilon = tf.random.normal([batch_size, x_dim])
    z = z_mean + tf.multiply(tf.expand_dims(epsilon, 1), tf.expand_dims(tf.math.softplus(z_log_var), 1))
    x_reconstructed = decoder(z)
    x_reconstructed = tf.reshape(x_reconstructed, [-1, x_dim])
    loss = tf.reduce_mean(tf.reduce_sum(tf.square(x - x_reconstructed), reduction_indices=[1]))
    kl_divergence = -0.5 * tf.reduce_sum(1 + tf.math.softplus(-z_log_var) - tf.square(z_mean) - tf.math.softplus(z_log_var), reduction_indices=[1])
    return loss + kl_divergence
'''  # noqa: E501

D4 = '''
def generator(z, reuse=None):
    with tf.variable_scope("generator", reuse=reuse):
        hidden1 = tf.layers.dense(z, 128, activation=tf.nn.leaky_relu)
        hidden2 = tf.layers.dense(hidden1, 128, activation=tf.nn.leaky_relu)
        output = tf.layers.dense(hidden2, 784, activation=None)
        output = tf.reshape(output, [-1, 28, 28])
        return output

def discriminator(image, reuse=None):
    with tf.variable_scope("discriminator", reuse=reuse):
        hidden1 = tf.layers.dense(image.reshape([-1, 784]), 128, activation=tf.nn.leaky_relu)
        hidden2 = tf.layers.dense(hidden1, 128, activation=tf.nn.leaky_relu)
        logits = tf.layers.dense(hidden2, 1, activation=None)
        return tf.sigmoid(logits)

def loss_generator(D, G, z):
    D_loss = - tf.reduce_mean(tf.log(D(G(z))) + tf.log(1 - D(tf.ones_like(G(z)))))
    G_loss = - tf.reduce_mean(tf.log(D(G(z))) + tf.log(1 - D(tf.ones_like(G(z)))))
    return D_loss, G_loss

def loss_discriminator(D, G, z):
    D_loss = - tf.reduce_mean(tf.log(D(G(z))) + tf.log(1 - D(tf.ones_like(G(z)))))
    G_loss = - tf.reduce_mean(tf.log(D(G(z))) + tf.log(1 - D(tf.ones_like(G(z)))))
    return D_loss, G_loss

def train(G, D, z, epochs, batch_size):
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for epoch in range(epochs):
            for step in range(train_steps):
                z = np.random.normal(size=(batch_size, 100))
                G_loss, D_loss_real, D_loss_fake = sess.run([G_loss, D_loss_real, D_loss_fake], feed_dict={z: z})
                z = np.random.normal(size=(batch_size, 100))
                G_loss, D_loss_real, D_loss_fake = sess.run([G_loss, D_loss_real, D_loss_fake], feed_dict={z: z})
        return G, D
'''  # noqa: E501


def execute(source, **names):
    """The functions of a document's code, executed as a reader of it would run it.

    Args:
      source: one of the texts above, perhaps mended.
      **names: globals that the document leaves undefined.
    """
    names = dict(names, tf=tf, np=np, __name__="document")
    exec(source, names)
    return types.SimpleNamespace(**names)
