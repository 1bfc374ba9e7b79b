"""Who gets what of every route, written down by hand. A route that is missing here fails by its name."""

#: The staff by the names of `canaries.World.people`, and those who come without signing in.
STAFF = ("admin", "recruiter", "reviewer", "other", "unassigned", "author")
STRANGER = "stranger"
ADMINS = {"admin"}
HIRING = ADMINS | {"recruiter"}
REVIEWERS = {"reviewer", "other", "unassigned"}
READING = HIRING | REVIEWERS
WRITING = HIRING | {"author"}

#: Which application each may see, by the names of `canaries.World.applications`; "locked" is nobody's (GDPR Art. 18).
SEES = {
    "admin": {"x", "y", "apart"},
    "recruiter": {"x", "y", "apart"},
    "reviewer": {"x"},
    "other": {"y"},
    "unassigned": set(),
    "author": set(),
    STRANGER: set(),
}

#: By group: who of the staff gets an answer. Everybody else of the staff gets 403, a stranger is asked to sign in.
#: In the groups whose names end in "of one" they get it for an application they see, else 404 as for one that is not there.
GROUPS = {
    "public": {*STAFF, STRANGER},
    "link": {*STAFF, STRANGER},
    "staff": set(STAFF),
    "writing": WRITING,
    "hiring": HIRING,
    "hiring, of one": HIRING,
    "reading": READING,
    "reading, of one": READING,
    "admins": ADMINS,
}

ROUTES = {
    "public": """
        api.article api.articles api.categories api.description api.opening api.opening_counts api.openings
        alerts.asked alerts.ended alerts.openings alerts.posts applications.apply applications.keep_form
        applications.lost applications.sent archive.index archive.month archive.year desk.links.forgotten
        directory.authors directory.categories directory.series
        desk.links.invitation desk.links.reset desk.oidc.back desk.oidc.start desk.people.sign_in
        desk.second.index desk.second.options desk.second.passkey files.picture files.size machines.index machines.jobs
        machines.pages machines.texts openings.feed openings.feed_json openings.index openings.picture
        openings.show posts.picture posts.series posts.show search.index site.favicon site.german_imprint site.german_privacy
        site.live site.page site.ready site.robots static timeline.author timeline.author_feed
        timeline.author_feed_json timeline.category timeline.category_feed timeline.category_feed_json
        timeline.feed timeline.feed_json timeline.index timeline.old_feed timeline.root
    """,
    "link": """
        alerts.confirm_alert alerts.show alerts.stop applications.add applications.archive applications.contact
        applications.delete applications.document applications.draft applications.new_address applications.pool
        applications.review applications.show applications.withdraw_application interviews.ask interviews.cancel
        interviews.entry interviews.feed interviews.pick_time interviews.show openings.preview posts.preview
        talents.leave_pool
    """,
    "staff": """
        desk.keys.index desk.keys.switch desk.people.account desk.people.change_language
        desk.people.change_password desk.people.end_one desk.people.end_others desk.people.index
        desk.people.sign_out desk.profile.own desk.proof.index desk.proof.options desk.proof.passkey desk.security.add
        desk.security.app desk.security.index desk.security.options desk.security.recovery_codes
        desk.security.remove desk.security.remove_own_app
    """,
    "writing": """
        desk.categories.delete desk.categories.edit desk.categories.index desk.categories.new
        desk.editor.discard desk.editor.duplicate desk.editor.give_up desk.editor.here desk.editor.keep
        desk.editor.preview desk.figures.download_posts desk.figures.posts desk.pictures.index
        desk.pictures.upload desk.posts.draft desk.posts.edit desk.posts.index desk.posts.new desk.posts.preview
        desk.posts.publish_post desk.revisions.index desk.revisions.restore_revision desk.revisions.show
        desk.series.edit desk.series.index
    """,
    "hiring": """
        desk.applications.bulk desk.applications.bulk_assign desk.applications.bulk_back
        desk.applications.bulk_mail desk.applications.bulk_move desk.applications.bulk_run
        desk.applications.bulk_tag desk.applications.export desk.applications.move_card desk.closing.edit
        desk.criteria.edit desk.cycle.close desk.cycle.extend_deadline desk.cycle.reopen desk.figures.download
        desk.figures.index desk.mail.delete_template desk.mail.edit_standard desk.mail.edit_template
        desk.mail.index desk.mail.new_template desk.mail.reset_standard desk.mail.templates desk.openings.edit
        desk.openings.index desk.openings.new desk.openings.preview desk.publishing.draft
        desk.publishing.override_item desk.publishing.publish desk.reviewers.edit desk.sources.edit
        desk.sources.index desk.sources.new desk.talents.index desk.templates.begin desk.templates.delete
        desk.templates.edit desk.templates.index desk.templates.new
    """,
    "hiring, of one": """
        desk.address.edit desk.applications.assign_application desk.applications.move_application
        desk.applications.release_application desk.applications.show_name desk.applications.tag_application
        desk.applications.tell_application desk.applications.told_application desk.interviews.cancel
        desk.interviews.propose_times desk.letters.new desk.letters.take_back desk.mail.show desk.mail.try_again
        desk.talents.write
    """,
    "reading": """
        desk.applications.board desk.applications.drop_filter desk.applications.go desk.applications.index
        desk.applications.keep_filter desk.applications.mentioned desk.interviews.index
        desk.interviews.renew_feed desk.overdue.index
    """,
    "reading, of one": """
        desk.applications.archive desk.applications.document desk.applications.document_page
        desk.applications.note_application desk.applications.rate_application desk.applications.show
        desk.interviews.entry
    """,
    "admins": """
        desk.audit.export desk.audit.index desk.profile.edit desk.site.index desk.site.page desk.staff.edit desk.staff.end
        desk.staff.index desk.staff.new desk.staff.remove_factors desk.staff.resend desk.staff.take_back
    """,
}
GROUP_OF = {endpoint: group for group, endpoints in ROUTES.items() for endpoint in endpoints.split()}
#: Where one of two reasons decides: of what waits apart nobody is written to, and the pool shows nobody.
NOT_THERE = {("desk.address.edit", "apart"), ("desk.letters.new", "apart"), ("desk.talents.write", "apart")}
