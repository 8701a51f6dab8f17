"""Addresses of the roadmap: plural nouns and codes; a verb only as the last part of a POST."""

from django.urls import path

from roadmap.views import (
    actions,
    clock,
    dashboard,
    edits,
    evidence,
    health,
    letters,
    milestone_edits,
    milestones,
    my,
    reports,
)

app_name = "roadmap"

urlpatterns = [
    path("", dashboard.overview, name="overview"),
    path("workstreams/<str:code>/", dashboard.workstream, name="workstream"),
    path("actions/", actions.listing, name="actions"),
    path("actions/new/", edits.create, name="action-create"),
    path("actions/<str:code>/", actions.detail, name="action"),
    path("actions/<str:code>/edit/", edits.edit, name="action-edit"),
    path("actions/<str:code>/report/", reports.report, name="action-report"),
    path("actions/<str:code>/confirm/", reports.confirm, name="action-confirm"),
    path("actions/<str:code>/submit/", reports.submit, name="action-submit"),
    path("actions/<str:code>/verify/", reports.verify, name="action-verify"),
    path("actions/<str:code>/return/", reports.return_submission, name="action-return"),
    path("actions/<str:code>/cancel/", reports.cancel, name="action-cancel"),
    path("actions/<str:code>/reopen/", reports.reopen, name="action-reopen"),
    path("actions/<str:code>/reassign/", reports.reassign, name="action-reassign"),
    path("actions/<str:code>/move/", reports.move, name="action-move"),
    path("actions/<str:code>/evidence/", evidence.add, name="evidence-add"),
    path("evidence/<int:pk>/", evidence.download, name="evidence"),
    path(
        "actions/<str:code>/obstacles/<int:pk>/close/",
        reports.close_obstacle,
        name="obstacle-close",
    ),
    path("milestones/", milestones.listing, name="milestones"),
    path("milestones/new/", milestone_edits.create, name="milestone-create"),
    path("milestones/<int:pk>/", milestones.detail, name="milestone"),
    path("milestones/<int:pk>/edit/", milestone_edits.edit, name="milestone-edit"),
    path("milestones/<int:pk>/move/", milestone_edits.move, name="milestone-move"),
    path("milestones/<int:pk>/achieve/", milestone_edits.achieve, name="milestone-achieve"),
    path("milestones/<int:pk>/close/", milestone_edits.close, name="milestone-close"),
    path("my/", my.listing, name="my"),
    path("letters/", letters.listing, name="letters"),
    path("letters/<int:pk>/", letters.detail, name="letter"),
    path("clock/", clock.panel, name="clock"),
    path("clock/step/", clock.step, name="clock-step"),
    path("health/", health.health, name="health"),
]
