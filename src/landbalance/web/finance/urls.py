"""Addresses of finance."""

from django.urls import path

from landbalance.web.finance import (
    double_views,
    flow_views,
    import_views,
    overview_views,
    review_views,
    so5_views,
    strategy_views,
)

HOME = "w/<slug:workspace>/finance/"
app_name = "finance"
urlpatterns = [
    path(HOME, overview_views.index, name="index"),
    path(HOME + "data/<slug:name>.csv", overview_views.data, name="data"),
    path(HOME + "count/", overview_views.count, name="count"),
    path(HOME + "chapter/", overview_views.chapter, name="chapter"),
    path(HOME + "count/<uuid:pk>/", overview_views.counted, name="counted"),
    path(HOME + "flows/", flow_views.flows, name="flows"),
    path(HOME + "flows/<uuid:pk>/", flow_views.flow, name="flow"),
    path(HOME + "flows/<uuid:pk>/link/", flow_views.link, name="link"),
    path(HOME + "flows/<uuid:pk>/inside/", flow_views.inside, name="inside"),
    path(HOME + "links/<uuid:pk>/drop/", flow_views.drop_link, name="drop_link"),
    path(HOME + "iati.xml", flow_views.iati, name="iati"),
    path(HOME + "import/", import_views.send, name="import"),
    path(HOME + "import/<uuid:pk>/", import_views.staged, name="staged"),
    path(HOME + "import/<uuid:pk>/drop/", import_views.drop, name="drop"),
    path(HOME + "import/taken/<uuid:pk>/", import_views.taken, name="taken"),
    path(HOME + "imports/<int:pk>/", import_views.batch, name="batch"),
    path(HOME + "review/", review_views.queue, name="review"),
    path(HOME + "review/<uuid:pk>/", review_views.decide, name="decide"),
    path(HOME + "review/<uuid:pk>/undo/", review_views.undo, name="undo"),
    path(HOME + "doubles/", double_views.doubles, name="doubles"),
    path(HOME + "doubles/search/", double_views.search, name="search"),
    path(HOME + "doubles/search/<uuid:pk>/", double_views.searched, name="searched"),
    path(HOME + "strategy/", strategy_views.strategy, name="strategy"),
    path(HOME + "strategy/new/", strategy_views.new_step, name="new_step"),
    path(HOME + "strategy/table/", strategy_views.step_table, name="step_table"),
    path(HOME + "strategy/<uuid:pk>/", strategy_views.step, name="step"),
    path(HOME + "subsidies/new/", strategy_views.new_subsidy, name="new_subsidy"),
    path(HOME + "subsidies/table/", strategy_views.subsidy_table, name="subsidy_table"),
    path(HOME + "subsidies/<uuid:pk>/", strategy_views.subsidy, name="subsidy"),
    path(HOME + "objective5/", so5_views.so5, name="so5"),
    path(HOME + "objective5/workbook.xlsx", so5_views.workbook, name="workbook"),
    path(HOME + "objective5/send/", so5_views.send, name="send_so5"),
    path(HOME + "objective5/<uuid:pk>/", so5_views.corrected, name="corrected"),
    path(HOME + "objective5/<uuid:pk>/workbook.xlsx", so5_views.corrected_workbook, name="corrected_workbook"),
]
