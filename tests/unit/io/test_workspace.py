"""Workspaces found and read."""

from pathlib import Path

import numpy as np
import pytest

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.periods import CYCLE_2026
from landbalance.io.workspace import find_workspace, load_workspace, workspace_settings

ALONE = '[installation]\n[workspace]\nformat = 1\ncountry = "MLI"\n'
SOC = "[[layer]]\nrole = 'soc'\npath = 'a'\n"


def period(name: str, land_cover: str = "[2000, 2015]") -> str:
    return f"[periods.{name}]\nland_cover = {land_cover}\nsoc = [2000, 2015]\nproductivity = [2001, 2015]\n"


def write(folder: Path, text: str = ALONE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "landbalance.toml").write_text(text)
    return folder


def test_the_nearest_folder_above_is_the_workspace(tmp_path: Path) -> None:
    home = write(tmp_path / "mali")
    deep = home / "data" / "x"
    deep.mkdir(parents=True)

    assert find_workspace(start=deep) == home


def test_an_installation_with_one_workspace_means_that_one(tmp_path: Path) -> None:
    write(tmp_path, "[database]\n")
    inside = write(tmp_path / "workspaces" / "mali", ALONE.replace("[installation]\n", ""))

    assert find_workspace(tmp_path) == inside
    assert find_workspace("mali", start=tmp_path) == inside


def test_an_installation_with_several_workspaces_names_them(tmp_path: Path) -> None:
    write(tmp_path, "[installation]\n")
    for name in ("mali", "niger"):
        write(tmp_path / "workspaces" / name)

    with pytest.raises(NotFoundError, match="mali, niger"):
        find_workspace(tmp_path)


def test_no_workspace_anywhere_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="landbalance init"):
        find_workspace(start=tmp_path)


def test_a_small_file_takes_every_default(tmp_path: Path) -> None:
    workspace = load_workspace(write(tmp_path))

    assert (workspace.country_name, workspace.profile, workspace.periods) == ("Mali", "unccd-2026", CYCLE_2026)
    assert workspace.legend.id == "unccd"
    assert len(workspace.matrix) == 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ALONE + "profil = 'x'\n", r"line 5: unknown key profil: did you mean profile\?"),
        (ALONE + SOC + "yeers = 1\n", r"line 8: unknown key yeers: did you mean years\?"),
        (ALONE + SOC + SOC + "scale = 'big'\n", r"line 11: layer 2, scale: .* it is 'big' now"),
        (ALONE.replace("MLI", "mali"), r"line 4: workspace, country"),
        (ALONE.replace("MLI", "MLL"), "no country has the code MLL"),
        (ALONE + "[soc]\nfactor = 'a'\n", "did you mean factors"),
        (ALONE + "profile = 'best'\n", "no profile is called best"),
        (ALONE + "[parameters]\nsoc_threshold = {value = 0.05}\n", "line 6: .*soc_threshold, reason: .*: add it"),
        (ALONE + period("report_1"), r"no \[periods.baseline\]"),
        (ALONE + period("baseline", "[2015]"), "line 6: periods, baseline, land_cover"),
        (ALONE + period("baseline", "[2015, 2000]"), "runs from 2015 to 2000"),
        ("[workspace\n", "is not TOML"),
        ("[installation]\n", "not a workspace"),
    ],
)
def test_a_fault_is_one_line_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises((InputError, NotFoundError), match=message) as caught:
        load_workspace(write(tmp_path, text))

    assert "\n" not in str(caught.value)


def test_an_invented_country_needs_no_code_of_the_list(tmp_path: Path) -> None:
    text = '[workspace]\nformat = 1\ncountry = "ZZD"\ntitle = "Demoland"\ninvented = true\n'

    workspace = load_workspace(write(tmp_path, text))

    assert (workspace.country_name, workspace.is_invented) == ("Demoland", True)


def test_a_national_legend_brings_its_matrix_and_nestings(tmp_path: Path, make_raster) -> None:
    make_raster(tmp_path / "lc.tif", np.ones((1, 2, 2), np.uint8), names=("lc_2000",))
    (tmp_path / "legend.toml").write_text(
        'id = "national"\nclasses = [{code = 10, name = "Wood", unccd = 1}, {code = 20, name = "Field", unccd = 3}]\n'
        "[nesting.unccd]\n1 = 10\n2 = 20\n3 = 20\n4 = 20\n5 = 20\n6 = 20\n7 = 20\n"
    )
    (tmp_path / "matrix.csv").write_text(",10,20\n10,0,-\n20,+,0\n")
    text = ALONE + '[land_cover]\nlegend = "legend.toml"\nmatrix = "matrix.csv"\n'
    text += '[[layer]]\nrole = "land_cover"\npath = "lc.tif"\nlegend = "unccd"\n'

    workspace = load_workspace(write(tmp_path, text))

    assert workspace.matrix == ((0, -1), (1, 0))
    assert [workspace.nestings["unccd"][code] for code in (1, 2, 7)] == [1, 2, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (",1,2\n1,0,-\n2,+,0\n", "no row or column for class 3"),
        (",1,2,3,4,5,6,7\n" + "".join(f"{n},0,0,0,0,0,0,x\n" for n in range(1, 8)), "stands 'x'"),
        ("a,b\n", "'b' is no class code"),
        ("", "no row or column for class 1"),
    ],
)
def test_a_matrix_that_does_not_fit_says_where(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "matrix.csv").write_text(text)

    with pytest.raises(InputError, match=message):
        load_workspace(write(tmp_path, ALONE + '[land_cover]\nmatrix = "matrix.csv"\n'))


def test_national_factors_are_read_by_zone(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("zone,from,to,factor\n12,1,3,0.58\n")

    factors = load_workspace(write(tmp_path, ALONE + '[soc]\nfactors = "f.csv"\n')).factors

    assert factors is not None
    assert factors[12][0][2] == 0.58
    assert factors[12][0][1] != factors[12][0][1]


@pytest.mark.parametrize("row", ["12,1,9,0.5", "12,1,3,much", "12,1,3,99"])
def test_a_factor_out_of_bounds_names_its_line(tmp_path: Path, row: str) -> None:
    (tmp_path / "f.csv").write_text(f"zone,from,to,factor\n12,1,3,0.58\n{row}\n")

    with pytest.raises(InputError, match="line 3"):
        load_workspace(write(tmp_path, ALONE + '[soc]\nfactors = "f.csv"\n'))


def test_a_custom_profile_states_values_with_their_source(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[parameter]\nsoc_threshold = {value = 0.2, source = "bench"}\n')

    settings = load_workspace(write(tmp_path, ALONE + 'profile = "mine.toml"\n')).settings()

    assert (settings.profile, settings["soc_threshold"]) == ("custom", 0.2)
    assert (settings.of("soc_threshold").origin, settings.of("soc_threshold").source) == ("profile", "bench")
    assert settings.of("trend_test").origin == "default"


def test_a_national_value_wins_over_the_profile(tmp_path: Path) -> None:
    write(tmp_path, ALONE + '[parameters]\nsoc_threshold = {value = 0.05, reason = "soil survey"}\n')

    setting = workspace_settings(tmp_path, "te-compat").of("soc_threshold")

    assert (setting.value, setting.origin, setting.reason) == (0.05, "national", "soil survey")


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    write(tmp_path)

    assert load_workspace(tmp_path) == load_workspace(tmp_path)


@pytest.mark.shared
def test_real_bands_find_their_years(tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDBALANCE_SHARED", str(shared.parent))
    text = ALONE + '[[layer]]\nrole = "productivity"\nquantity = "ndvi"\nscale = 0.0001\n'
    text += 'path = "${LANDBALANCE_SHARED}/data/kilimanjaro_gimms_ndvi/ndvi3g_v0_1981_2013.tif"\n'

    layer = load_workspace(write(tmp_path, text)).layer("productivity")

    assert layer is not None
    assert len(layer.slices) == 780
    assert (layer.slices[0].date, layer.years[-1]) == ("1981-07-01", 2013)


def test_a_country_may_start_its_reporting_periods_in_a_year_of_its_own(tmp_path: Path) -> None:
    head = '[workspace]\nformat = 1\ncountry = "KEN"\n'
    (tmp_path / "landbalance.toml").write_text(
        head + '[parameters]\nlc_report_start = {value = 2016, reason = "law"}\n'
    )

    periods = {period.name: period for period in load_workspace(tmp_path).periods}

    assert periods["baseline"].land_cover == (2000, 2015)
    assert (periods["report_1"].land_cover, periods["report_2"].soc) == ((2016, 2019), (2016, 2023))
    assert periods["report_1"].productivity == (2004, 2019)


def test_a_start_year_beside_written_periods_is_refused(tmp_path: Path) -> None:
    periods = "[periods.baseline]\nland_cover = [2000, 2015]\nsoc = [2000, 2015]\nproductivity = [2001, 2015]\n"
    parameter = '[parameters]\nlc_report_start = {value = 2016, reason = "law"}\n'
    (tmp_path / "landbalance.toml").write_text(f'[workspace]\nformat = 1\ncountry = "KEN"\n{periods}{parameter}')

    with pytest.raises(InputError, match="lc_report_start is set"):
        load_workspace(tmp_path)
