"""Programs that the tests capture: a linear regression each, which ends in its own way."""

HEAD = """
import os, sys
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()


def batch(step):
    return np.random.RandomState(step).standard_normal((4 + step % 2, 3)).astype(np.float32)


def build():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.get_variable("w", [3, 1], initializer=tf.constant_initializer([[1.0], [2.0], [3.0]]))
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - 1.0))
    return x, loss, tf.train.GradientDescentOptimizer(0.1).minimize(loss)

"""
BUILT = HEAD + """
x, loss, train_op = build()
sess = tf.Session()
sess.run(tf.global_variables_initializer())
"""
TRAINS = BUILT + """
for step in range(50):
    sess.run([train_op, loss], {x: batch(step)})
    print("step", step)
"""

GOOD = {
    "script": TRAINS,
    "main": HEAD + """
def main(argv):
    assert argv[1:] == ["left"], argv
    x, loss, train_op = build()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for step in range(tf.app.flags.FLAGS.count):
            sess.run([train_op, loss], {x: batch(step)})
        print("step", step)


if __name__ == "__main__":
    tf.app.flags.DEFINE_integer("count", 1, "Steps.")
    tf.app.run()
""",
    "swallows": BUILT + """
while True:
    for step in range(50):
        try:
            sess.run([train_op, loss], {x: batch(step)})
        except:
            print("caught", sys.exc_info()[0].__name__)
""",
    "threads": BUILT + """
import threading, time
threading.Thread(target=time.sleep, args=(1000,)).start()
for step in range(50):
    sess.run([train_op, loss], {x: batch(step)})
""",
    "trains in a thread": BUILT + """
import threading


def train():
    for step in range(50):
        sess.run([train_op, loss], {x: batch(step)})
    os._exit(9)


thread = threading.Thread(target=train)
thread.start()
thread.join()
threading.Event().wait()
""",
    "queue": HEAD + """
import threading
fed = tf.placeholder(tf.float32, [4, 3])
queue = tf.FIFOQueue(2, [tf.float32], [[3]])
enqueue = queue.enqueue_many(fed)
w = tf.get_variable("w", [3, 1], initializer=tf.constant_initializer([[1.0], [2.0], [3.0]]))
loss = tf.reduce_mean(tf.square(tf.matmul(queue.dequeue_many(4), w) - 1.0))
train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
numbers = tf.train.limit_epochs(tf.constant(1.0))
sess = tf.Session()
sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])


def fill():
    step = 0
    while True:
        sess.run(enqueue, {fed: batch(2 * step)})
        step += 1


threading.Thread(target=fill).start()
tf.train.start_queue_runners(sess)
for step in range(50):
    sess.run(train_op)
""",
    "goes elsewhere": BUILT + """
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "elsewhere"))
for step in range(50):
    sess.run([train_op, loss], {x: batch(step)})
""",
    "processes": HEAD + """
import multiprocessing, time


def read(queue, step):
    queue.put(batch(step))
    time.sleep(1000)


if __name__ == "__main__":
    processes = multiprocessing.get_context("fork")
    queue = processes.Queue()
    for step in range(3):
        processes.Process(target=read, args=(queue, step)).start()
    batches = [queue.get() for _ in range(3)]
    ended = processes.Process(target=time.sleep, args=(1000,))
    ended.start()
    ended.terminate()
    ended.join()
    assert ended.exitcode == -15
    x, loss, train_op = build()
    sess = tf.Session()
    sess.run(tf.global_variables_initializer())
    for step in range(50):
        sess.run([train_op, loss], {x: batches[step % 3]})
""",
    "forks": BUILT + """
child = os.fork()
if not child:
    sys.exit(7)
print("child", os.waitpid(child, 0)[1] // 256)
for step in range(50):
    sess.run([train_op, loss], {x: batch(step)})
""",
    "fails at its end": BUILT + """
try:
    for step in range(50):
        sess.run([train_op, loss], {x: batch(step)})
finally:
    raise ValueError("not written")
""",
    "on a GPU": HEAD + """
with tf.device("/gpu:0"):
    x, loss, train_op = build()
    sess = tf.Session()
    sess.run(tf.global_variables_initializer())
for step in range(50):
    sess.run([train_op, loss], {x: batch(step)})
""",
    "few steps": BUILT + """
for step in range(2):
    sess.run([train_op, loss], {x: batch(step)})
""",
}

BAD = {
    "ends before its first training call": BUILT,
    "never trains": HEAD + """
w = tf.get_variable("w", [3, 1])
sess = tf.Session()
sess.run(tf.global_variables_initializer())
for step in range(3):
    sess.run(tf.reduce_sum(w))
""",
    "eager": """
import tensorflow as tf
w = tf.Variable([1.0, 2.0])
for step in range(3):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(w * w)
    w.assign_sub(0.1 * tape.gradient(loss, w))
""",
    "raises": BUILT + """
def load(step):
    if step == 2:
        raise ValueError("no batch\\n  after the second")
    return batch(step)


for step in range(50):
    sess.run([train_op, loss], {x: load(step)})
""",
    "is fed a wrong shape": BUILT + """
sess.run(tf.reduce_mean(tf.matmul(tf.placeholder_with_default([[1.0]], [None, None]),
                                  tf.constant([[1.0], [2.0]]))))
""",
    "exits with 3": BUILT + """
sess.run([train_op, loss], {x: batch(0)})
sys.exit(3)
""",
    "exits with words": BUILT + "sys.exit('no data')\n",
    "trains in two graphs": HEAD + """
for fold in range(2):
    with tf.Graph().as_default(), tf.Session() as sess:
        x, loss, train_op = build()
        sess.run(tf.global_variables_initializer())
        for step in range(3):
            try:
                sess.run([train_op, loss], {x: batch(step)})
            except Exception as error:
                print("caught", error)
""",
    "terminated": BUILT + """
import signal
for step in range(50):
    try:
        sess.run([train_op, loss], {x: batch(step)})
        if step == 2:
            os.kill(os.getpid(), signal.SIGNAL)
    except:
        print("caught")
""",
}
