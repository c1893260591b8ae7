"""The words of pages on drought and rangelands, marked for the translation catalogues."""

from landbalance.core.vocab import Combined, Drought
from landbalance.planning.triggers.rule import LEVELS, Condition, TriggerRule
from landbalance.reporting.words import Tongue, mark

DROUGHT_NAMES = {
    Drought.NONE: mark("No drought"),
    Drought.MILD: mark("Mild drought"),
    Drought.MODERATE: mark("Moderate drought"),
    Drought.SEVERE: mark("Severe drought"),
    Drought.EXTREME: mark("Extreme drought"),
}
DROUGHT_COLOURS = {0: "#dfe8e4", 1: "#fbe8a6", 2: "#f0b25a", 3: "#d2691e", 4: "#7f1d1d"}
DROUGHT_PATTERNS = {2: "rare", 3: "lines", 4: "cross"}
PHASE_NAMES = {
    -1: mark("No call: data are poor"),
    0: mark("Normal"),
    1: mark("Watch"),
    2: mark("Warning"),
    3: mark("Alert"),
    4: mark("Emergency"),
    5: mark("Recovery"),
}
PHASE_COLOURS = {-1: "#c9ced3", 0: "#dfe8e4", 1: "#f0e442", 2: "#e69f00", 3: "#c0392b", 4: "#6a1b9a", 5: "#7fb2e5"}
PHASE_PATTERNS = {-1: "grid", 1: "dots", 2: "rare", 3: "lines", 4: "cross"}
PHASE_SIGNS = {-1: "?", 0: "", 1: "1", 2: "2", 3: "3", 4: "4", 5: "r"}
COMBINED_NAMES = {
    Combined.NONE: mark("No drought"),
    Combined.WATCH: mark("Watch"),
    Combined.WARNING: mark("Warning"),
    Combined.ALERT: mark("Alert"),
    Combined.RECOVERY: mark("Recovery"),
    Combined.SOIL_RECOVERY: mark("Soil recovers for now"),
    Combined.VEGETATION_RECOVERY: mark("Vegetation recovers for now"),
    Combined.MISSING: mark("No data"),
}
COMBINED_COLOURS = {0: "#dfe8e4", 1: "#f0e442", 2: "#e69f00", 3: "#c0392b", 4: "#7fb2e5", 5: "#b9d4ee", 6: "#a8d5a2"}
COMBINED_PATTERNS = {1: "dots", 2: "rare", 3: "lines", 5: "dots", 6: "rare"}
ATLAS_NAMES = {
    "phases": mark("Phases of districts"),
    "combined": mark("Combined drought indicator"),
    "soil-moisture": mark("Soil moisture, anomaly"),
    "vegetation": mark("Vegetation, anomaly"),
}
PRESSURE_NAMES = {
    "light": mark("Light"),
    "near capacity": mark("Near capacity"),
    "over capacity": mark("Over capacity"),
    "severe": mark("Severe"),
    "unknown": mark("Unknown"),
}
LOSS_NAMES = {
    "dry years": mark("Dry years"),
    "lasting loss": mark("Lasting loss"),
    "both": mark("Dry years and lasting loss"),
    "unclear": mark("Unclear"),
    "no loss": mark("No loss"),
}
WOODY_NAMES = {
    "encroachment": mark("Bush encroachment"),
    "recovery": mark("Trees recover"),
    "woody cover rises": mark("Woody cover rises"),
    "none": mark("None"),
    "unclear": mark("Unclear"),
}
INVENTED = mark("Invented data for demonstration: nothing here describes a real place.")
ON_LAND = mark("{index} on {share} of the land")
TRIGGER_YEARS = mark("Hits, misses and false alarms by year")
NO_CALLS = mark("No call")
LEFT = mark("What the figures cannot say")
METHOD = mark("Method")
DISTRICT = mark("District")
DISTRICTS = mark("Districts")
YEAR = mark("Year")
YEARS = mark("Years")
TOTAL, FEMALE, MALE = mark("Total"), mark("Female"), mark("Male")
UNKNOWN = mark("Unknown")
ANY_DROUGHT = mark("All drought")
WORSE = mark("Moderate or worse")
ANY_SHARE = mark("All drought, share of land")
WORSE_SHARE = mark("Moderate or worse, share of land")
EXPOSED_SHARE = mark("Exposed, share of people")

HAZARD_TITLE = mark("Drought: hazard, exposure, vulnerability")
HAZARD_SENTENCE = mark("In {year}, {share} of the land was in drought, {worse} in moderate drought or worse.")
HAZARD_LAND = mark("Land by drought class and year")
HAZARD_PEOPLE = mark("People by drought class and year: {sex}")
HAZARD_MAP = mark("Worst drought of {years}")
VULNERABILITY = mark("Drought vulnerability index")
PEOPLE_EXPOSED = mark("people lived in drought in {year}")
MOST_VULNERABLE = mark("vulnerability of {year}: 0 low, 1 high")
HALF_MILD = mark("By construction half of all years are mild or worse: read moderate or worse beside it.")
OWN_HISTORY = mark("Vulnerability is scaled over the country's own history: compare it with no other country.")

BULLETIN_TITLE = mark("Drought bulletin")
BULLETIN_ALL_NORMAL = mark("No district is in drought.")
BULLETIN_SENTENCE = mark("{count} of {all} districts are in {phase} or worse.")
BULLETIN_ONE_PHASE = mark("{count} of {all} districts are in {phase}.")
BULLETIN_NO_CALL = mark("For {count} districts there is no call: their data are poor.")
PHASE = mark("Phase")
SINCE = mark("Since")
BEFORE = mark("Phase before")
DRY_LAND = mark("Land with SPI-3 at -1 or less")
VCI = mark("Vegetation condition, 3 months")
ACTION, BODY, BUDGET = mark("Action"), mark("Body"), mark("Budget line")
RULE_ON_LAND = mark("{index} at {value} or less on at least {share} of the land")
RULE_IN_MEAN = mark("{index} at {value} or less in the mean of the district")
RULE_OR = mark("{first}, or {second}")
RULE_WITH = mark("{rule}, together with: {phase}")
RULE_HOLDS = mark("{rule}, in {hold} of {within} months")
NO_DATA_OF = mark("No data: {name}")
DEFAULT_RULES = (
    mark("Rain far below normal"),
    mark("Dry soil"),
    mark("Vegetation suffers"),
    mark("check reports, inform"),
    mark("water and fodder plans, advisories"),
    mark("release contingency money, destocking, water trucking"),
    mark("drought committee"),
    mark("not stated"),
    mark("defaults of the package"),
)
RULE = mark("Rule")
RULES = mark("Rules and what they set off")
HISTORY = mark("Phases of the last months")
PHASE_MAP = mark("Phases by district")
COMBINED = mark("Land by combined drought indicator")
STORED = mark("This call is stored with the data known then; later data make a new revision, never another past.")

TRIGGER_TITLE = mark("Trigger back-test")
TRIGGER_SENTENCE = mark(
    "{index} at {threshold} or less would have caught {hits} of {events} events, with {false} false alarms."
)
TRIGGER_LIMIT = mark("No threshold keeps the limit of false alarms; the one with the fewest was taken.")
TRIGGER_CURVE = mark("Skill by threshold, in hindsight")
TRIGGER_TABLE = mark("Skill against baselines")
LEFT_OUT = mark("Each year tried with the threshold of the others")
HINDSIGHT = mark("The same years that chose the threshold")
ALWAYS = mark("Calling every year")
CLIMATOLOGY = mark("Calling at random as often as events come")
HITS, MISSES, FALSE_ALARMS = mark("Hits"), mark("Misses"), mark("False alarms")
POD, FAR, CSI = mark("Detected"), mark("False alarm ratio"), mark("Critical success index")
INTERVAL = mark("95 % interval")
LEAD = mark("Mean lead, months")
RETURN = mark("years between two calls in a district")

RANGELAND_TITLE = mark("Rangelands and herds")
RANGELAND_SENTENCE = mark("Between {low} and {high} of the land is rangeland, as one defines it.")
EXTENT = mark("Rangeland by definition")
DEFINITION = mark("Definition")
LAND_SHARE = mark("Share of land")
LOST_CROPS = mark("Lost to cropland")
LOST_TOWNS = mark("Lost to towns")
RESERVED = mark("Pastoral routes and reserves")
STOCKING = mark("Herds against forage")
UNITS = mark("Livestock units")
DRY_YEAR, MIDDLE_YEAR, WET_YEAR = mark("Capacity, dry year"), mark("Capacity, middle year"), mark("Capacity, wet year")
CAREFUL = mark("Careful stocking")
RANGE = mark("Middle year, interval")
PRESSURE = mark("Pressure, middle year")
PRESSURE_DRY = mark("Pressure, dry year")
PRESSURE_CLASS = mark("Class")
VARIABLE = mark("Rain varies so much that a fixed number of animals misleads: plan for moving and for selling in time.")
CONDITION = mark("Condition: dry years and lasting loss")
STATEMENT = mark("Statement")
SLOPE = mark("Productivity, slope a year")
SLOPE_LEFT = mark("Slope without rain")
DRY_YEARS = mark("Drought years")
BARE = mark("Bare ground")
BARE_SLOPE = mark("Bare ground, slope a year")
WOODY = mark("Woody cover")
COVER_ALARM = mark("Ground cover too low")
YES, NO = mark("Yes"), mark("No")


def index_name(name: str, tongue: Tongue) -> str:
    """Return an index as people call it."""
    return tongue.translate(ATLAS_NAMES[name]) if name in ATLAS_NAMES else name.upper()


def condition_text(condition: Condition, tongue: Tongue) -> str:
    """Return a condition in words.

    Examples
    --------
    >>> condition_text(Condition("spi-3", -1.0, 0.2), Tongue())
    'SPI-3 at -1.00 or less on at least 20 % of the land'
    """
    told: dict[str, object] = {
        "index": index_name(condition.indicator, tongue),
        "value": tongue.number(condition.at_most, 2),
    }
    if condition.area_share is None:
        return tongue.say(RULE_IN_MEAN, **told)
    return tongue.say(RULE_ON_LAND, **told, share=tongue.percent(condition.area_share, 0))


def rule_text(rule: TriggerRule, tongue: Tongue) -> str:
    """Return a rule in words."""
    told = condition_text(rule.any[0], tongue)
    for each in rule.any[1:]:
        told = tongue.say(RULE_OR, first=told, second=condition_text(each, tongue))
    if rule.needs:
        told = tongue.say(RULE_WITH, rule=told, phase=tongue.translate(PHASE_NAMES[LEVELS[rule.needs]]))
    if rule.within > 1:
        told = tongue.say(RULE_HOLDS, rule=told, hold=rule.hold, within=rule.within)
    return told
