"""The index that finds pieces of land by box."""

from django.db import migrations

from landbalance.registry.space import index_operation


class Migration(migrations.Migration):
    dependencies = [("actions", "0001_initial")]
    operations = [index_operation("actions_actionarea")]
