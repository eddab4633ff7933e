"""groundwork.run.attention_maps: each map lies at its place, its query is red."""

import numpy as np

from groundwork.run import attention_maps


def test_a_row_holds_an_image_and_the_maps_of_its_queries():
    images = np.stack([np.full((8, 8, 3), -1.0), np.full((8, 8, 3), 1.0)])
    weights = np.full((2, 16, 16), 0.01)
    weights[1, 5, 7] = 0.5  # from row 1, column 1 to row 1, column 3
    shown = attention_maps.picture(images, weights)
    assert shown.shape == (2 * 10 - 2, 6 * 10 - 2, 3) and shown.dtype == np.uint8
    assert (shown[:8, :8] == 0).all() and (shown[10:, :8] == 255).all()
    first = shown[10:, 10:18]  # of the query a quarter down and a quarter to the right
    assert (first[2:4, 2:4] == (255, 0, 0)).all()
    assert (first[2:4, 6:8] == 255).all()
    assert (first[:2] == 5).all()  # 0.01 / 0.5 of 255
    even = shown[:8, 30:38]  # all positions count alike: white, but for the query in the middle
    assert (even[4:6, 4:6] == (255, 0, 0)).all() and (even[:4] == 255).all()
