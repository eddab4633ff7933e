"""Rows 15 to 21 of the ledger: the defects of D1, and what stands here instead.

The code of D1 §4 is the document's, character for character without comments. `document` executes
it, eagerly as its author did, with the repairs of some rows made in its text, so that each test
sees one defect alone. The repairs are shown in the left wing; tests/test_twins.py shows that the
right wing equals it.
"""

import types

from legacy import losses, training  # before TensorFlow: sets how tf.layers is found
from legacy.models import dense_gan
import numpy as np
import pytest
import tensorflow.compat.v1 as tf
from tensorflow.python.eager import context  # the only eager scope that TensorFlow 1.15 has

from groundwork import hyperparameters
from groundwork import initial_weights
from groundwork.data.batches import Batches

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

# {row: [(the document's text, its smallest repair)]}
REPAIRS = {
    15: [("def discriminator_model():\n    input_layer = Input(shape=(100,))",
          "def discriminator_model():\n    input_layer = Input(shape=(1,))")],
    16: [("real_data[_ % len(real_data)].numpy()",
          "real_data[_ * batch_size:(_ + 1) * batch_size]")],
    18: [("    optimizer = tf.keras.optimizers.Adam(learning_rate=0.0002, beta_1=0.5)",
          "    optimizer = tf.keras.optimizers.Adam(learning_rate=0.0002, beta_1=0.5)\n"
          "    disc_optimizer = tf.keras.optimizers.Adam(learning_rate=0.0002, beta_1=0.5)"),
         ("optimizer.apply_gradients(zip(gradients_disc",
          "disc_optimizer.apply_gradients(zip(gradients_disc")],
    21: [("            generated_images = generator(noise, training=True)\n\n", ""),
         ("as disc_tape:\n",
          "as disc_tape:\n                generated_images = generator(noise, training=True)\n")],
}


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default():
        with tf.Session() as opened:
            yield opened


@pytest.fixture(name="eager")
def fixture_eager(session):
    with context.eager_mode():
        tf.set_random_seed(1)  # of the document's noise
        yield


def document(repaired=()):
    """The functions of the document's code, executed with the repairs of some rows."""
    source = D1
    for row in repaired:
        for text, repair in REPAIRS[row]:
            assert source.count(text) == 1
            source = source.replace(text, repair)
    names = {"__name__": "document"}
    exec(source, names)  # the code above, as a reader of the document would run it
    return types.SimpleNamespace(**names)


def networks_of(d1):
    """The document's two networks, with weights drawn from seed 1."""
    networks = {"g": d1.generator_model(), "d": d1.discriminator_model()}
    for name, network in networks.items():
        network.set_weights([
            initial_weights.draw(1, "{}/{}/kernel".format(name, index), weights.shape)
            if weights.ndim == 2 else weights
            for index, weights in enumerate(network.get_weights())])
    return networks


def train_document(repaired, rows=128):
    """One epoch over `rows` numbers; {"g" or "d": how far each variable moved}."""
    d1 = document(repaired)
    networks = networks_of(d1)
    before = {name: network.get_weights() for name, network in networks.items()}
    d1.train(networks["g"], networks["d"], real_numbers(rows), batch_size=128, epochs=1)
    return {name: [after - start for after, start in zip(network.get_weights(), before[name])]
            for name, network in networks.items()}


def real_numbers(count):
    return tf.constant(np.linspace(0.1, 0.9, count, dtype=np.float32)[:, None])


def document_losses(real_probability, generated_probability):
    """(gen_loss, disc_loss) by the document's own two lines."""
    lines = [line.strip() for line in D1.splitlines() if "_loss = -" in line]
    assert len(lines) == 2
    names = {"tf": tf, "real_probability": real_probability,
             "generated_probability": generated_probability}
    exec("\n".join(lines), names)
    return names["gen_loss"], names["disc_loss"]


def program_of(**flags):
    """(program, its phases), ready to train, with weights drawn from seed 1."""
    program = dense_gan.program(hyperparameters.make("dense_gan", flags), "float32")
    phases = training.make_phases(program)
    training.initialize(tf.get_default_session(), 1)
    return program, phases


def run(fetches, feed_dict=None):
    return tf.get_default_session().run(fetches, feed_dict)


def batch_of(data_of, **flags):
    return Batches(data_of("dense_gan"), hyperparameters.make("dense_gan", flags))(1, 1)


def step(phases, batch):
    """One training step; {variable: (before, gradient, after)}."""
    variables = {v.op.name: v for v in tf.trainable_variables()}
    before = run(variables)
    feed_dict = {phases[0].feeds[0][0][key]: value for key, value in batch.items()}
    gradients = run(phases[0].gradients, feed_dict)
    training.run_step(tf.get_default_session(), phases, batch)
    after = run(variables)
    return {name: (before[name], gradients[name], after[name]) for name in variables}


def softplus(x):
    return np.logaddexp(0.0, x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# Row 15: D expects 100 inputs, G emits 1.


def test_row_15_document_has_a_d_that_cannot_take_what_g_gives(eager):
    d1 = document()
    generated = d1.generator_model()(tf.zeros([128, 100]))
    assert generated.shape == (128, 1)
    discriminator = d1.discriminator_model()
    assert [w.shape for w in discriminator.get_weights()] == [(100, 20), (20,), (20, 1), (1,)]
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        discriminator(generated)
    with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
        train_document([16, 18, 21])


def test_row_15_repair_judges_numbers():
    program, _ = program_of()
    assert program.outputs["samples"].shape.as_list() == [None, 1]
    assert [tuple(v.shape.as_list()) for v in tf.trainable_variables("discriminator/")] == [
        (1, 20), (20,), (20, 1), (1,)]
    judged = dense_gan.discriminator(program.outputs["samples"], reuse=True)
    noise = np.ones((8, 100), np.float32)
    assert run(judged, {program.inputs["sample/noise"]: noise}).shape == (8, 1)


# Row 16: one real row of rank 1 a step, and never most of the rows.


class Rows:
    """Real data that remembers which rows were asked for."""

    def __init__(self, count):
        self.numbers, self.asked = real_numbers(count), []

    def __len__(self):
        return len(self.numbers.numpy())

    def __getitem__(self, index):
        self.asked.append(index)
        return self.numbers[index]


def test_row_16_document_takes_one_row_a_step_and_only_the_first_few(eager):
    d1 = document([15, 18, 21])
    rows = Rows(512)
    judged = []
    networks = list(networks_of(d1).values())

    class Discriminator:
        trainable_variables = networks[1].trainable_variables

        def __call__(self, numbers, training):
            judged.append(tuple(numbers.shape))
            return networks[1](tf.reshape(numbers, [-1, 1]), training=training)

    d1.train(networks[0], Discriminator(), rows, batch_size=128, epochs=3)
    assert rows.asked == [0, 1, 2, 3] * 3
    assert judged == [(128, 1), (1,)] * 12


def test_row_16_document_fails_on_a_row_of_rank_1_where_keras_does_not_make_a_batch_of_it(eager):
    if tf.__version__.startswith("1."):
        with pytest.raises(tf.errors.InvalidArgumentError, match="not a matrix"):
            train_document([15, 18, 21])
    else:
        assert np.any(train_document([15, 18, 21])["d"][0] != 0)


def test_row_16_repair_takes_batches_of_all_rows(data_of):
    numbered = data_of("dense_gan")._replace(images=np.arange(1797, dtype=np.float32)[:, None])
    batches = Batches(numbered, hyperparameters.make("dense_gan", {}))
    seen = [batches(1, number)["joint/images"] for number in range(1, 15)]  # an epoch
    assert {rows.shape for rows in seen} == {(128, 1)}
    assert len(np.unique(seen)) == 14 * 128
    assert len(np.unique([seen, [batches(1, 14 + n)["joint/images"] for n in range(1, 15)]])) > 1792


# Row 17: the generated term of D's loss has its sign reversed.

REAL = np.array([[-2.0], [0.5], [3.0]], np.float32)
GENERATED = np.array([[1.5], [-0.25], [-4.0]], np.float32)


def test_row_17_document_sends_d_of_generated_numbers_to_one_and_its_loss_to_minus_infinity():
    real, generated = tf.constant(REAL), tf.constant(GENERATED)
    gen_loss, disc_loss = document_losses(tf.sigmoid(real), tf.sigmoid(generated))
    found = run([gen_loss, disc_loss])
    np.testing.assert_allclose(
        found, [softplus(-GENERATED).mean(), softplus(-REAL).mean() - softplus(GENERATED).mean()],
        rtol=1e-5)
    slopes = run(tf.gradients(disc_loss, [real, generated]))
    # Descent raises both: D learns to call everything real.
    np.testing.assert_allclose(slopes, [(sigmoid(REAL) - 1) / 3, -sigmoid(GENERATED) / 3],
                               rtol=1e-4)

    def loss_at(logit):
        sure = tf.sigmoid(tf.constant([[logit]]))
        return run(document_losses(sure, sure)[1])

    for logit in (5.0, 10.0, 15.0):
        assert loss_at(logit) == pytest.approx(-logit, abs=0.2)
    assert loss_at(20.0) == -np.inf


def test_row_17_document_trains_d_to_call_generated_numbers_real(eager):
    d1 = document([15, 16, 18, 21])
    generator, discriminator = networks_of(d1).values()
    generated = generator(np.random.RandomState(0).standard_normal((256, 100)).astype("float32"))
    before = discriminator(generated).numpy().mean()
    d1.train(generator, discriminator, real_numbers(128), batch_size=128, epochs=60)
    assert discriminator(generated).numpy().mean() > before + 0.002


def test_row_17_repair_tells_real_from_generated_and_as_written_keeps_the_sign():
    real, generated = tf.constant(REAL), tf.constant(GENERATED)
    repaired = losses.discriminator_losses(real, generated)["discriminator"]
    slopes = run(tf.gradients(repaired, [real, generated]))
    np.testing.assert_allclose(slopes, [(sigmoid(REAL) - 1) / 3, sigmoid(GENERATED) / 3],
                               rtol=1e-5)
    sure = tf.constant([[20.0], [1000.0]])
    assert run(losses.discriminator_losses(sure, sure)["discriminator"]) == pytest.approx(510)

    written = dict(dense_gan.as_written_generator_loss(generated),
                   **dense_gan.as_written_discriminator_losses(real, generated))
    assert (run((written["generator"], written["discriminator"]))
            == run(document_losses(tf.sigmoid(real), tf.sigmoid(generated))))


def test_row_17_as_written_becomes_infinite_once_d_is_sure(data_of):
    _, phases = program_of(variant="as_written")
    bias, = tf.trainable_variables("discriminator/logits/bias")
    batch = batch_of(data_of, variant="as_written")
    session = tf.get_default_session()
    bias.load([10.0], session)
    assert -11 < training.run_step(session, phases, batch)["joint"]["discriminator"] < -8
    bias.load([30.0], session)
    assert training.run_step(session, phases, batch)["joint"]["discriminator"] == -np.inf


# Row 18: one optimiser for two networks.


def test_row_18_document_has_an_optimiser_that_counts_each_step_twice_or_fails(eager, monkeypatch):
    made = []
    optimizers = document().tf.keras.optimizers
    kind = optimizers.Adam
    monkeypatch.setattr(optimizers, "Adam",
                        lambda **numbers: made.append(kind(**numbers)) or made[-1])
    if tf.__version__.startswith("1."):
        train_document([15, 16, 21], rows=3 * 128)
        optimizer, = made
        assert optimizer.iterations.numpy() == 2 * 3
    else:
        with pytest.raises(KeyError, match="cannot recognize variable"):
            train_document([15, 16, 21])
        optimizer, = made
        assert optimizer.iterations.numpy() == 1  # G's update; D's was refused
    made.clear()
    train_document([15, 16, 18, 21], rows=3 * 128)
    assert [optimizer.iterations.numpy() for optimizer in made] == [3, 3]


def test_row_18_repair_gives_each_network_its_own(data_of):
    program, phases = program_of(variant="as_written")
    generator, discriminator = program.phases[0].updates
    assert generator.optimizer is not discriminator.optimizer
    batch = batch_of(data_of, variant="as_written")
    for _ in range(3):
        training.run_step(tf.get_default_session(), phases, batch)
    powers = run([v for v in tf.global_variables() if v.op.name.endswith("/beta1_power")])
    assert powers == [pytest.approx(0.5 ** 4)] * 2  # 0.5 at the start, and once a step


# Row 19: "在训练过程中，我们使用随机梯度下降（SGD）作为优化器，并对权重进行裁剪" (in training, we
# use SGD as the optimiser and clip the weights), says D1 §4 of a code that does neither.


def test_row_19_document_says_sgd_and_clipping_and_runs_adam_without(eager):
    d1 = document([15, 16, 18, 21])
    generator, discriminator = networks_of(d1).values()
    _, bias, output, last = discriminator.get_weights()
    before = [np.linspace(-5, 5, 20, dtype=np.float32)[None], bias, 0.1 * output, last]
    discriminator.set_weights(before)
    d1.train(generator, discriminator, real_numbers(128), batch_size=128, epochs=1)
    after = discriminator.get_weights()
    moved = np.abs(np.concatenate([np.ravel(end - start) for start, end in zip(before, after)]))
    # Adam's first step is the learning rate, whatever the gradient's size.
    np.testing.assert_allclose(moved[moved != 0], 2e-4, rtol=0.02)
    assert np.count_nonzero(moved) > 10
    np.testing.assert_allclose(np.abs(after[0][0, [0, -1]]), 5, atol=3e-4)  # as far out as before


def test_row_19_repair_descends_the_gradient_and_clips_d(data_of):
    _, phases = program_of()
    kernel, = tf.trainable_variables("discriminator/hidden/kernel")
    kernel.load(np.linspace(-3, 3, 20, dtype=np.float32)[None], tf.get_default_session())
    for name, (before, gradient, after) in step(phases, batch_of(data_of)).items():
        moved = before - np.float32(0.05) * gradient
        clipped = np.clip(moved, -1, 1) if name.startswith("discriminator/") else moved
        np.testing.assert_allclose(after, clipped, rtol=1e-5, atol=1e-7, err_msg=name)
        if name == "discriminator/hidden/kernel":
            assert np.count_nonzero(np.abs(after) == 1) == 14  # those that began beyond 1


def test_row_19_as_written_keeps_adam_and_clips_nothing(data_of):
    _, phases = program_of(variant="as_written")
    kernel, = tf.trainable_variables("discriminator/hidden/kernel")
    kernel.load(np.full((1, 20), 3, np.float32), tf.get_default_session())
    for name, (before, gradient, after) in step(
            phases, batch_of(data_of, variant="as_written")).items():
        assert np.any(gradient != 0), name
        first = 2e-4 * gradient / (np.abs(gradient) + 1e-7 / np.sqrt(1 - 0.999))
        np.testing.assert_allclose(before - after, first, rtol=1e-3, atol=5e-7, err_msg=name)
        if name == "discriminator/hidden/kernel":
            assert np.all(after > 2.99)


# Row 20: section 3.2.2's L_D is the game's value without a minus; the printed gradient is none.

P_DATA, P_G = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.2, 0.7])


def value(d):
    """D1 §3.2.2's L_D on three points, where D is `d`."""
    return np.sum(P_DATA * np.log(d)) + np.sum(P_G * np.log(1 - d))


def printed_gradient(d):
    """D1 §3.2.3's derivative of L_D by D, as printed."""
    return (np.sum(P_DATA[:, None] * P_G * (np.log(d)[:, None] - np.log(1 - d)))
            + np.sum(P_G * np.log(1 - d)))


def differences(function, d, width=1e-6):
    return np.array([(function(d + unit) - function(d - unit)) / (2 * width)
                     for unit in width * np.eye(len(d))])


def test_row_20_document_has_a_loss_without_lower_bound_that_d_would_descend():
    at = np.array([0.2, 0.5, 0.8])
    for sure in (1e-3, 1e-6, 1e-9):  # wrong about both: the better, the lower L_D
        wrong = np.array([sure, 0.5, 1 - sure])
        assert value(wrong) < value(at)
        assert value(wrong) == pytest.approx(
            P_DATA[0] * np.log(sure) + P_G[2] * np.log(sure), abs=2)
    best = P_DATA / (P_DATA + P_G)  # the optimal D has the highest L_D, not the lowest
    assert value(best) > max(value(at), value(0.99 * best), value(1 - 0.99 * (1 - best)))


def test_row_20_document_prints_a_gradient_that_is_not_the_gradient():
    d = np.array([0.2, 0.5, 0.8])
    true = P_DATA / d - P_G / (1 - d)
    np.testing.assert_allclose(differences(value, d), true, rtol=1e-6)
    printed = printed_gradient(d)
    # One number where there are three, and it is E[log D(x)]: the other terms cancel.
    assert printed == pytest.approx(np.sum(P_DATA * np.log(d)))
    assert np.all(np.abs(printed - true) > 0.1)
    best = P_DATA / (P_DATA + P_G)
    np.testing.assert_allclose(differences(value, best), 0, atol=1e-8)
    assert printed_gradient(best) < -0.4


def test_row_20_document_contradicts_itself_on_what_g_minimises():
    """L_G = -L_D and "G minimises L_D": the derivatives by D(G(z)) have opposite signs."""
    d = np.array([0.2, 0.5, 0.8])
    by_generated = differences(lambda g: np.sum(P_G * np.log(1 - g)), d)
    assert np.all(by_generated < 0)  # minimising L_D raises D(G(z)), minimising -L_D lowers it


def test_row_20_repair_descends_minus_the_value():
    logits = np.array([-1.5, 0.25, 2.0], np.float32)
    real, generated = tf.constant(logits[:, None]), tf.constant(logits[::-1, None].copy())
    loss = losses.discriminator_losses(real, generated)["discriminator"]
    d_real, d_generated = sigmoid(logits), sigmoid(logits[::-1])
    assert run(loss) == pytest.approx(
        -np.mean(np.log(d_real)) - np.mean(np.log(1 - d_generated)), rel=1e-5)
    by_real, by_generated = run(tf.gradients(loss, [real, generated]))
    chain_real, chain_generated = d_real * (1 - d_real), d_generated * (1 - d_generated)
    np.testing.assert_allclose(by_real[:, 0], -chain_real / d_real / 3, rtol=1e-5)
    np.testing.assert_allclose(
        by_generated[:, 0], chain_generated / (1 - d_generated) / 3, rtol=1e-5)


# Row 21: G is called before the tapes open.


def test_row_21_document_gives_g_no_gradient(eager):
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        train_document([15, 16, 18])
    for network, moved in train_document([15, 16, 18, 21]).items():
        assert all(np.any(change != 0) for change in moved), network


@pytest.mark.parametrize("variant", ["corrected", "as_written"])
def test_row_21_repair_moves_every_weight(variant, data_of):
    _, phases = program_of(variant=variant)
    moved = step(phases, batch_of(data_of, variant=variant))
    assert len(moved) == 8
    for name, (before, _, after) in moved.items():
        assert np.any(after != before), name
