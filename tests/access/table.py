"""Who may open what: every address by every kind of person, written by hand (DESIGN.md, section 2).

The provider's door is in `provider_table`. A row: method, address, then the status for
  lead   the super user and the admins of acme, whose records the addresses name
  user   acme's users, uma and ugo
  other  the super users and admins of beta and gamma
  ouser  beta's user, bob
  pat    staff with the role admin
  gil    staff with the role guest
and then those of a class for whom it is another one: abe may not withdraw what alan has asked for.
`nobody` is not in the table: a stranger is sent to sign in (302) wherever a row does not begin with `*`, and gets
what `pat` gets where it does. A POST carries an empty form: 422 and 409 are the answers of a page one may use.
"""

TABLE = """
# the door: everybody's
* GET  /brand.css                                                   404 404 404 404 404 404
* GET  /brand/logo                                                  404 404 404 404 404 404
* GET  /healthz                                                     200 200 200 200 200 200
* GET  /readyz                                                      200 200 200 200 200 200
* GET  /metrics                                                     200 200 200 200 200 200
* GET  /static/portal.css                                           200 200 200 200 200 200
  GET  /login                                                       302 302 302 302 302 302
  POST /login                                                       422 422 422 422 422 422
* GET  /password/forgot                                             200 200 200 200 200 200
* POST /password/forgot                                             422 422 422 422 422 422
* GET  /password/reset/none                                         410 410 410 410 410 410
* POST /password/reset/none                                         410 410 410 410 410 410
* GET  /invitation/none                                             410 410 410 410 410 410
* POST /invitation/none                                             410 410 410 410 410 410
* GET  /email/none                                                  410 410 410 410 410 410
* POST /email/none                                                  410 410 410 410 410 410
  GET  /logout                                                      200 200 200 200 200 200
  POST /logout                                                      302 302 302 302 302 302
  GET  /                                                            200 200 200 200 302 302

# oneself; a guest has no profile of their own
  GET  /profile                                                     200 200 200 200 200 404
  POST /profile                                                     422 422 422 422 422 404
  POST /profile/email/cancellation                                  302 302 302 302 302 404
  GET  /profile/password                                            200 200 200 200 200 404
  POST /profile/password                                            422 422 422 422 422 404
  GET  /profile/security                                            200 200 200 200 200 404
  GET  /profile/site-password                                       200 200 404 404 404 404
  POST /profile/site-password                                       422 422 404 404 404 404
  POST /profile/site-password/removal                               422 422 404 404 404 404
  GET  /profile/sessions                                            200 200 200 200 200 404
  POST /profile/sessions/none/ending                                404 404 404 404 404 404
  POST /profile/sessions/ending                                     302 302 302 302 302 404
  GET  /profile/tokens                                              200 200 200 200 200 404
  POST /profile/tokens                                              422 422 422 422 422 404
  POST /profile/tokens/{token}/revocation                           404 404 404 404 404 404 uma=302
  GET  /profile/kiosk-links                                         200 200 200 200 200 404
  POST /profile/kiosk-links                                         422 422 422 422 422 404
  POST /profile/kiosk-links/{kiosk}/revocation                      404 404 404 404 404 404 uma=302
* GET  /kiosk/none                                                  410 410 410 410 410 410

# the company
  GET  /company                                                     200 404 200 404 404 404
  GET  /history/                                                    200 404 200 404 404 404
  GET  /history.csv                                                 200 404 200 404 404 404
  GET  /search                                                      200 200 200 200 404 404
  GET  /users/                                                      200 404 200 404 404 404
  GET  /users.csv                                                   200 404 200 404 404 404
  GET  /users/new                                                   200 404 200 404 404 404
  POST /users/new                                                   422 404 422 404 404 404
  GET  /users/invite-many                                           200 404 200 404 404 404
  POST /users/invite-many                                           422 404 422 404 404 404
  GET  /users/{ugo}                                                 200 404 404 404 404 404
  GET  /users/{ugo}/edit                                            200 404 404 404 404 404
  POST /users/{ugo}/edit                                            422 404 404 404 404 404
  POST /users/{ugo}/disablement                                     302 404 404 404 404 404
  POST /users/{dot}/enablement                                      302 404 404 404 404 404
  POST /users/{ugo}/deletion                                        302 404 404 404 404 404
  POST /users/{ivy}/invitation                                      302 404 404 404 404 404
  POST /users/{ivy}/invitation/cancellation                         302 404 404 404 404 404
  GET  /super-user-requests/                                        200 404 200 404 404 404
  GET  /super-user-requests/new                                     200 404 200 404 404 404
  POST /super-user-requests/new                                     422 404 422 404 404 404
  GET  /super-user-requests/{request}                               200 404 404 404 404 404
  GET  /super-user-requests/{request}/evidence/{file}               200 404 404 404 404 404
  POST /super-user-requests/{request}/withdrawal                    302 404 404 404 404 404 abe=403

# documents: commercial information is for the super user and admins, My Licenses for all
  GET  /licenses/                                                   200 200 200 200 404 404
  GET  /licenses/{subscriptions}                                    200 200 404 404 404 404
  GET  /documents/{commercial}/                                     200 404 200 404 404 404
  GET  /documents/{commercial}.csv                                  200 404 200 404 404 404
  GET  /documents/{commercial}/{id}                                 200 404 404 404 404 404
  GET  /documents/{commercial}/{id}.pdf                             200 404 404 404 404 404
  GET  /documents/subscriptions/                                    200 200 200 200 404 404
  GET  /documents/subscriptions.csv                                 200 200 200 200 404 404
  GET  /documents/subscriptions/{subscriptions}                     200 200 404 404 404 404
  GET  /documents/subscriptions/{subscriptions}.pdf                 200 200 404 404 404 404
# news: strangers in the feed, customers with the right to download, staff
* GET  /news.atom                                                   200 200 200 200 200 200
  GET  /downloads/                                                  200 404 200 200 404 404 abe=404 uma=200 ben=404
  GET  /downloads/history/                                          200 404 200 200 404 404 abe=404 uma=200 ben=404
  GET  /downloads/{cme}                                             404 404 404 404 404 404
  GET  /downloads/{cme}/signature                                   404 404 404 404 404 404
  GET  /downloads/{cme}/sha256                                      404 404 404 404 404 404
  POST /downloads/{cme}/links                                       404 404 404 404 404 404
  GET  /downloads/{cce}                                             200 404 404 404 404 404 abe=404 uma=200
  GET  /downloads/{cce}/signature                                   200 404 404 404 404 404 abe=404 uma=200
  GET  /downloads/{cce}/sha256                                      200 404 404 404 404 404 abe=404 uma=200
  POST /downloads/{cce}/links                                       200 404 404 404 404 404 abe=404 uma=200
  GET  /downloads/{cee}                                             200 404 404 200 404 404 abe=404 uma=200 bea=200
  GET  /downloads/{cee}/signature                                   200 404 404 200 404 404 abe=404 uma=200 bea=200
  GET  /downloads/{cee}/sha256                                      200 404 404 200 404 404 abe=404 uma=200 bea=200
  POST /downloads/{cee}/links                                       200 404 404 200 404 404 abe=404 uma=200 bea=200
  GET  /downloads/{cre}                                             200 404 200 200 404 404 abe=404 uma=200 ben=404
  GET  /downloads/{cre}/signature                                   200 404 200 200 404 404 abe=404 uma=200 ben=404
  GET  /downloads/{cre}/sha256                                      200 404 200 200 404 404 abe=404 uma=200 ben=404
  POST /downloads/{cre}/links                                       200 404 200 200 404 404 abe=404 uma=200 ben=404
  GET  /downloads/{draft_package}                                   404 404 404 404 404 404
  POST /downloads/warnings/{withdrawn}/dismissal                    302 404 404 404 404 404 abe=404 uma=302
* GET  /downloads/links/none/none                                   404 404 404 404 404 404
  GET  /downloads/news/                                             200 404 200 200 404 404 abe=404 uma=200 ben=404
  GET  /downloads/news/{news}                                       200 404 200 200 404 404 abe=404 uma=200 ben=404
  GET  /provider/news/                                              404 404 404 404 200 200
  GET  /provider/news/new/release                                   404 404 404 404 200 403
  POST /provider/news/new/release                                   404 404 404 404 422 403
  GET  /provider/news/new/security                                  404 404 404 404 200 403
  POST /provider/news/new/security                                  404 404 404 404 422 403
  GET  /provider/news/new/maintenance                               404 404 404 404 200 403
  POST /provider/news/new/maintenance                               404 404 404 404 422 403
  GET  /provider/news/{news}                                        404 404 404 404 200 200
  GET  /provider/news/{news}/edit                                   404 404 404 404 200 403
  POST /provider/news/{news}/edit                                   404 404 404 404 422 403
  POST /provider/news/{news}/mail                                   404 404 404 404 302 403
  POST /provider/news/{news}/withdrawal                             404 404 404 404 302 403

# licensing credentials and verification: who holds the right, whatever the role; others 404
  GET  /licenses/{subscriptions}/credentials/new                    200 404 404 404 404 404 abe=404 uma=200
  POST /licenses/{subscriptions}/credentials/new                    422 404 404 404 404 404 abe=404 uma=422
  GET  /licenses/{subscriptions}/credentials/{held}/rotation  200 404 404 404 404 404 abe=404 uma=200
  POST /licenses/{subscriptions}/credentials/{held}/rotation  409 404 404 404 404 404 abe=404 uma=409
  POST /licenses/{subscriptions}/credentials/{held}/revocation 302 404 404 404 404 404 abe=404 uma=302
  GET  /licenses/{subscriptions}/verification                       200 404 404 404 404 404 abe=404 uma=200
  POST /licenses/{subscriptions}/verification                       422 404 404 404 404 404 abe=404 uma=422
  GET  /licenses/{subscriptions}/usage/new                          200 404 404 404 404 404 abe=404 uma=200
  POST /licenses/{subscriptions}/usage/new                          422 404 404 404 404 404 abe=404 uma=422
  GET  /licenses/{subscriptions}/usage.csv                          200 200 404 404 404 404
  GET  /licenses/verify_license.py                                  200 404 200 200 404 404 abe=404 uma=200 ben=404

# the API: programs, with a credential of their own; whoever is signed in is nobody there
* POST /api/v1/licensing/usage                                      401 401 401 401 401 401
* GET  /api/v1/licensing/verification                               401 401 401 401 401 401
* GET  /api/v1/licensing/key                                        200 200 200 200 200 200
* GET  /api/v1/licensing/key.pem                                    200 200 200 200 200 200
* GET  /api/v1/key                                                  200 200 200 200 200 200
* GET  /api/v1/key.pem                                              200 200 200 200 200 200
* GET  /api/v1/sites/fetch_configuration.py                         200 200 200 200 200 200
* GET  /api/v1/downtime                                             200 200 200 200 200 200
* GET  /api/v1/sites/{site}/configuration                           401 401 401 401 401 401
* POST /api/v1/sites/{site}/report                                  401 401 401 401 401 401
* GET  /api/v1/openapi.json                                         200 200 200 200 200 200
  GET  /developers/                                                 200 200 200 200 200 200
  GET  /developers/users                                            200 200 200 200 200 200

  GET  /documents/none/                                             404 404 404 404 404 404
  GET  /documents/none.csv                                          404 404 404 404 404 404

# support: by right alone; asleep it reads (gus), and may not act; who sees tickets is for super user and admins
  GET  /support/tickets/                                            200 200 404 404 404 404 abe=404 ugo=404 gus=200
  GET  /support/tickets.csv                                         200 200 404 404 404 404 abe=404 ugo=404 gus=200
  GET  /support/tickets/new                                         200 200 404 404 404 404 abe=404 ugo=404 gus=403
  POST /support/tickets/new                                         422 422 404 404 404 404 abe=404 ugo=404 gus=403
  GET  /support/tickets/{ticket}                                    200 200 404 404 404 404 abe=404 ugo=404
  GET  /support/tickets/{ticket}/attachments/{attachment}           200 200 404 404 404 404 abe=404 ugo=404
  POST /support/tickets/{ticket}/messages                           422 422 404 404 404 404 abe=404 ugo=404 gus=403
  POST /support/tickets/{ticket}/solution                           302 302 404 404 404 404 abe=404 ugo=404 gus=403
  POST /support/tickets/{ticket}/closure                            302 302 404 404 404 404 abe=404 ugo=404 gus=403
  POST /support/tickets/{ticket}/reopening                          409 409 404 404 404 404 abe=404 ugo=404 gus=403
  POST /support/tickets/{ticket}/rating                             422 422 404 404 404 404 abe=404 ugo=404 gus=403
  POST /support/tickets/{ticket}/watching                           302 302 404 404 404 404 abe=404 ugo=404 gus=403
  POST /support/tickets/{ticket}/watching/end                       302 302 404 404 404 404 abe=404 ugo=404 gus=403
  POST /support/tickets/{ticket}/visibility                         409 403 404 404 404 404 abe=404 ugo=404 gus=403
  GET  /support/watchers/                                           200 404 404 404 404 404 gus=200
  POST /support/watchers/default                                    422 404 404 404 404 404 gus=422
  GET  /support/watchers/{ticket}                                   200 404 404 404 404 404
  POST /support/watchers/{ticket}/watchers                          422 404 404 404 404 404
  POST /support/watchers/{ticket}/watchers/{alan}/end               302 404 404 404 404 404
  POST /support/watchers/{ticket}/visibility                        422 404 404 404 404 404
"""

CLASSES = {
    "lead": ("ada", "alan", "abe"),
    "user": ("uma", "ugo"),
    "other": ("bea", "ben", "gus"),
    "ouser": ("bob",),
    "pat": ("pat",),
    "gil": ("gil",),
}
