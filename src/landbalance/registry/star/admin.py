"""What-ifs of STAR, for the keeper of the installation."""

from django.contrib import admin

from landbalance.registry.star.models import StarProject, StarRegime, StarScenario, StarTable, StarUse

admin.site.register((StarTable, StarRegime, StarScenario, StarUse, StarProject))
