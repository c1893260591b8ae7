"""The `landbalance.toml` of the invented country, with the comments a reader needs."""

from collections.abc import Mapping

from landbalance.io.demo.climate import climate_entries

CODE = "ZZD"
SOURCE = 'source = "invented by landbalance demo"\nlicence = "CC0"\ncitation = "Demoland, an invented country"'

_TEXT = """\
# Demoland is an invented country: every number in data/ is made up, and truth/ says what was planted where.
# This file is all that `landbalance assess` needs; `landbalance config show` lists every parameter it leaves alone.

[workspace]
format = 1
country = "{code}"
country_name = "Demoland (invented)"
title = "Demoland (invented country)"
invented = true
profile = "unccd-2026"                 # the methods of the 2026 reporting cycle
boundary = "data/boundary.geojson"     # a mainland with a lake, and an islet smaller than a cell
recodes = "data/recodes.geojson"       # where experts know better: one polygon accepted, one only proposed
land_types = ["climate_zone", "soil", "slope_class"]

[[zones]]                              # every table is also made for these polygons
id = "districts"
title = "Districts"
path = "data/districts.gpkg"
name_field = "name"

# First and last year of each layer. Reporting periods start where the baseline ends; productivity looks back 16 years.
[periods.baseline]
land_cover = [2000, 2015]
soc = [2000, 2015]
productivity = [2001, 2015]

[periods.report_1]
land_cover = [2015, 2019]
soc = [2015, 2019]
productivity = [2004, 2019]

[periods.report_2]
land_cover = [2015, 2023]
soc = [2015, 2023]
productivity = [2008, 2023]

# What differs from the profile, each with its reason. The official three-layer figure is kept beside the national one.
[parameters]
national_indicators = {{ value = ["soil-erosion-status"], reason = "erosion is the main worry of Demoland's farmers" }}

[country_profile]                      # as the country states it in its report
land_area_km2 = {{ 2015 = {land}, 2019 = {land}, 2023 = {land} }}
{population}

[[layer]]
role = "productivity"
title = "Annual mean NDVI"
path = "data/ndvi.tif"                 # one band for each year, named ndvi_2001 to ndvi_2023
quantity = "ndvi"
unit = "1"
scale = 0.0001
years = "2001-2023"
nodata = [{{ value = -32768, reason = "no clear view" }}, {{ value = -32767, reason = "sea" }}]
{source}

[[layer]]
role = "land_cover"
title = "Annual land cover"
path = "data/land_cover.tif"
years = "2000-2023"
legend = "esa_cci"                     # nested to the seven UNCCD classes while reading
nodata = [{{ value = 0, reason = "no data" }}]
{source}

[[layer]]
role = "soc"
title = "Soil organic carbon stock, 0 to 30 cm"
path = "data/soc_2000.tif"
quantity = "soc"
unit = "t C ha-1"
reference_year = 2000
nodata = [{{ value = -9999, reason = "no soil map" }}]
{source}
{coarse}
[[layer]]
role = "aridity"
title = "Aridity index"
path = "data/aridity.tif"
quantity = "aridity"
unit = "1"
nodata = [{{ value = -1, reason = "no data" }}]
{source}

[[layer]]
role = "precipitation"
title = "Annual rain"
path = "data/precipitation.tif"
quantity = "mm"
unit = "mm"
years = "2001-2023"
nodata = [{{ value = 65535, reason = "no data" }}]
{source}

[[layer]]
role = "population_female"
title = "Women and girls"
path = "data/population_female.tif"
quantity = "persons"                   # a count: cells are summed, never interpolated
unit = "persons"
years = [2015, 2020]
nodata = [{{ value = -1, reason = "no data" }}]
{source}

[[layer]]
role = "population_male"
title = "Men and boys"
path = "data/population_male.tif"
quantity = "persons"
unit = "persons"
years = [2015, 2020]
nodata = [{{ value = -1, reason = "no data" }}]
{source}

# Inputs of the national indicator soil-erosion-status, bound by their role.
{erosion}"""
_CLASSES = (
    ("climate_zone", "IPCC climate zones"),
    ("soil", "Soil suborders"),
    ("slope_class", "Slope: 1 flat, 2 rolling, 3 steep"),
)
_FACTORS = (
    ("rain_erosivity", "Rain erosivity R", "MJ mm ha-1 h-1 yr-1", True),
    ("soil_erodibility", "Soil erodibility K", "t h MJ-1 mm-1", False),
    ("slope_length", "Slope length and steepness LS", "1", False),
    ("cover_factor", "Cover and management C", "1", True),
    ("practice_factor", "Support practice P", "1", True),
)


def workspace_text(land_km2: float, population: Mapping[int, tuple[int, int]]) -> str:
    """Return the file for a country with this land area, and with these women and men by year."""
    people = (
        f"\n[country_profile.population.{year}]\ntotal = {women + men}\nfemale = {women}\nmale = {men}"
        for year, (women, men) in population.items()
    )
    return _TEXT.format(
        code=CODE,
        land=land_km2,
        population="\n".join(people),
        source=SOURCE,
        coarse="".join(_class_layer(role, title) for role, title in _CLASSES),
        erosion="\n".join(_factor_layer(*row) for row in _FACTORS),
    ) + climate_entries(SOURCE)


def _class_layer(role: str, title: str) -> str:
    """Return the table of one coarse class layer."""
    return (
        f'\n[[layer]]\nrole = "{role}"\ntitle = "{title}"\npath = "data/{role}.tif"\n'
        f'nodata = [{{ value = 0, reason = "no data" }}]\n{SOURCE}\n'
    )


def _factor_layer(role: str, title: str, unit: str, is_yearly: bool) -> str:
    """Return the table of one factor of soil erosion."""
    years = "years = [2000, 2015, 2019, 2023]\n" if is_yearly else ""
    return (
        f'[[layer]]\nrole = "{role}"\ntitle = "{title}"\npath = "data/{role}.tif"\nkind = "value"\nunit = "{unit}"\n'
        f'{years}nodata = [{{ value = -1, reason = "no data" }}]\n{SOURCE}\n'
    )
