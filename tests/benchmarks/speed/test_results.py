"""Tables, JSON and plot of results that were not measured."""

import json

from PIL import Image

from benchmarks.output_overhead import Turn
from benchmarks.speed import plot
from benchmarks.speed import race
from benchmarks.speed import report
from benchmarks.speed import table
from benchmarks.speed.processes import Whole
from benchmarks.speed.rows import Row

MEASURED = [
    (Row("vae", 32), [race.Result("legacy", (1.0, 4.0, 2.0), 5.25, 650.4),
                      race.Result("modern", (1.0, 2.0, 1.0), 8.0, 900.0),
                      race.Result("limit", failure="no library (exit status 1 of limit)")]),
    (Row("bgd_gan", None), [race.Result("modern", (40.0,), 9.0, 1000.0)])]
COSTS = {"modern.train --help": [Whole(0.25, 40.0), Whole(0.5, 42.0), Whole(0.3, 41.0)]}


def test_steps_have_median_range_ratio_first_step_and_memory():
    assert [line.split() for line in table.of_steps(MEASURED, torch_missing=True)[1:]] == [
        ["vae,", "batch", "32", "legacy", "2.000", "(1.000-4.000)", "2.00", "5.2", "650"],
        ["modern", "1.000", "(1.000-2.000)", "1.00", "8.0", "900"],
        ["machine's", "limit", "failed:", "no", "library", "(exit", "status", "1", "of", "limit)"],
        ["PyTorch", "is", "not", "installed"],
        ["bgd_gan,", "batch", "full", "modern", "40.000", "(40.000-40.000)", "1.00", "9.0",
         "1000"],
        ["PyTorch", "is", "not", "installed"]]


def test_nothing_is_said_of_pytorch_where_it_takes_part_or_has_no_such_model():
    others = [(Row("info_gan", 32), MEASURED[1][1])]
    assert "PyTorch" not in "\n".join(table.of_steps(MEASURED, torch_missing=False))
    assert "PyTorch" not in "\n".join(table.of_steps(others, torch_missing=True))


def test_rows_of_growth_have_their_flags_and_no_pytorch():
    grown = Row("recurrent_gan", 32, (("hidden_units", 400),)), Row("mlp_gan", 512)
    lines = table.of_steps([(row, MEASURED[1][1]) for row in grown], torch_missing=True)
    assert [line.partition("modern")[0].strip() for line in lines[1:]] == [
        "recurrent_gan, batch 32, hidden_units 400", "mlp_gan, batch 512"]


def test_no_ratio_where_the_modern_wing_failed():
    results = [race.Result("legacy", (1.0,), 5.0, 650.0), race.Result("modern", failure="why")]
    assert table.of_row(Row("vae", 32), results)[0].split()[4:] == [
        "1.000", "(1.000-1.000)", "5.0", "650"]


def test_commands_have_median_range_and_the_highest_memory():
    assert table.of_costs(COSTS)[1].split() == [
        "modern.train", "--help", "0.30", "(0.25-0.50)", "42"]


def test_json_holds_every_round_and_the_machine():
    read = json.loads(report.as_json(MEASURED, COSTS, {"legacy": [Turn(1.0, 2.0, 3.0, 4.0)]}))
    assert read["steps"][0]["model"] == "vae" and read["steps"][1]["batch_size"] is None
    assert read["steps"][0]["contestants"][0] == {
        "kind": "legacy", "milliseconds": [1.0, 4.0, 2.0], "first_step": 5.25,
        "peak_megabytes": 650.4, "failure": ""}
    assert read["commands"]["modern.train --help"][1] == {"seconds": 0.5, "peak_megabytes": 42.0}
    assert read["written"]["legacy"] == [
        {"plain": 1.0, "summary": 2.0, "checkpoint": 3.0, "samples": 4.0}]
    assert read["machine"]["cores"] >= 1 and "numpy" in read["machine"]["versions"]


def test_plot_is_a_png_that_grows_with_the_rows(tmp_path):
    heights = []
    for count in (1, 2):
        plot.write(tmp_path / "speed.png", MEASURED[:count])
        with Image.open(tmp_path / "speed.png") as image:
            assert image.format == "PNG"
            heights.append(image.height)
    assert heights[0] < heights[1]
