"""What-ifs of STAR: tables of countries, regimes of one's own, scenarios, and the use of an allocation."""
