"""The rows of monitoring's pages in the table of table.py; see there.

`company_view` is one that ada shares within acme, `own_view` one ugo keeps for himself, `board` one pat shares.
"""

MONITORING_TABLE = """
# the dashboards, and whom one hides from oneself
  GET  /provider/monitoring/                                         404 404 404 404 200 200
  POST /provider/monitoring/customers/acme/hiding                    404 404 404 404 302 403
  POST /provider/monitoring/customers/acme/showing                   404 404 404 404 302 403
  POST /provider/monitoring/customers/gamma/hiding                   404 404 404 404 404 403
  POST /provider/monitoring/hiding                                   404 404 404 404 302 403
  POST /provider/monitoring/showing                                  404 404 404 404 302 403
  GET  /monitoring/                                                  200 200 404 404 404 404

# monitoring in the provider's door: lists, details, kept views
  GET  /provider/monitoring/hosts/                                   404 404 404 404 200 200
  GET  /provider/monitoring/hosts.csv                                404 404 404 404 200 200
  GET  /provider/monitoring/hosts.json                               404 404 404 404 200 200
  GET  /provider/monitoring/hosts.pdf                                404 404 404 404 200 200
  GET  /provider/monitoring/services/                                404 404 404 404 200 200
  GET  /provider/monitoring/services.csv                             404 404 404 404 200 200
  GET  /provider/monitoring/services.json                            404 404 404 404 200 200
  GET  /provider/monitoring/services.pdf                             404 404 404 404 200 200
  GET  /provider/monitoring/problems/                                404 404 404 404 200 200
  GET  /provider/monitoring/problems.csv                             404 404 404 404 200 200
  GET  /provider/monitoring/problems.json                            404 404 404 404 200 200
  GET  /provider/monitoring/problems.pdf                             404 404 404 404 200 200
  GET  /provider/monitoring/host-groups/                             404 404 404 404 200 200
  GET  /provider/monitoring/host-groups.csv                          404 404 404 404 200 200
  GET  /provider/monitoring/host-groups.json                         404 404 404 404 200 200
  GET  /provider/monitoring/host-groups.pdf                          404 404 404 404 200 200
  GET  /provider/monitoring/service-groups/                          404 404 404 404 200 200
  GET  /provider/monitoring/service-groups.csv                       404 404 404 404 200 200
  GET  /provider/monitoring/service-groups.json                      404 404 404 404 200 200
  GET  /provider/monitoring/service-groups.pdf                       404 404 404 404 200 200
  GET  /provider/monitoring/events/                                  404 404 404 404 200 200
  GET  /provider/monitoring/events.csv                               404 404 404 404 200 200
  GET  /provider/monitoring/events.json                              404 404 404 404 200 200
  GET  /provider/monitoring/events.pdf                               404 404 404 404 200 200
  GET  /provider/monitoring/customers/                               404 404 404 404 200 200
  GET  /provider/monitoring/customers.csv                            404 404 404 404 200 200
  GET  /provider/monitoring/customers.json                           404 404 404 404 200 200
  GET  /provider/monitoring/customers.pdf                            404 404 404 404 200 200
  GET  /provider/monitoring/hosts/?site=customer:acme                404 404 404 404 200 200
  GET  /provider/monitoring/hosts/?site=customer:gamma               404 404 404 404 404 404
  GET  /provider/monitoring/host?site={site}&name=web1               404 404 404 404 200 200
  GET  /provider/monitoring/host?site={site}&name=unknown            404 404 404 404 404 404
  GET  /provider/monitoring/host                                     404 404 404 404 404 404
  GET  /provider/monitoring/service?site={site}&host=web1&service=cpu 404 404 404 404 200 200
  GET  /provider/monitoring/service?site=none&host=web1&service=cpu  404 404 404 404 404 404
  GET  /provider/monitoring/service                                  404 404 404 404 404 404
  GET  /provider/monitoring/host/acknowledgement                     404 404 404 404 404 403
  POST /provider/monitoring/host/acknowledgement                     404 404 404 404 404 403
  GET  /provider/monitoring/host/downtimes                           404 404 404 404 404 403
  GET  /provider/monitoring/host/comments                            404 404 404 404 404 403
  POST /provider/monitoring/host/downtimes                           404 404 404 404 404 403
  POST /provider/monitoring/host/comments                            404 404 404 404 404 403
  POST /provider/monitoring/host/acknowledgement/removal             404 404 404 404 404 403
  POST /provider/monitoring/host/downtimes/cancellation              404 404 404 404 404 403
  POST /provider/monitoring/host/comments/removal                    404 404 404 404 404 403
  GET  /provider/monitoring/service/acknowledgement                  404 404 404 404 404 403
  POST /provider/monitoring/service/acknowledgement                  404 404 404 404 404 403
  GET  /provider/monitoring/service/downtimes                        404 404 404 404 404 403
  GET  /provider/monitoring/service/comments                         404 404 404 404 404 403
  POST /provider/monitoring/service/downtimes                        404 404 404 404 404 403
  POST /provider/monitoring/service/comments                         404 404 404 404 404 403
  POST /provider/monitoring/service/acknowledgement/removal          404 404 404 404 404 403
  POST /provider/monitoring/service/downtimes/cancellation           404 404 404 404 404 403
  POST /provider/monitoring/service/comments/removal                 404 404 404 404 404 403
  GET  /provider/monitoring/views/                                   404 404 404 404 200 200
  GET  /provider/monitoring/views/new                                404 404 404 404 200 403
  GET  /provider/monitoring/views/new?source=services                404 404 404 404 200 403
  POST /provider/monitoring/views/new                                404 404 404 404 200 403
  POST /provider/monitoring/views/new?source=services                404 404 404 404 422 403
  GET  /provider/monitoring/views/{board}                            404 404 404 404 200 200
  GET  /provider/monitoring/views/{board}.csv                        404 404 404 404 200 200
  GET  /provider/monitoring/views/{board}.json                       404 404 404 404 200 200
  GET  /provider/monitoring/views/{board}.pdf                        404 404 404 404 200 200
  GET  /provider/monitoring/views/{company_view}                     404 404 404 404 404 404
  GET  /provider/monitoring/views/{board}/edit                       404 404 404 404 200 403
  POST /provider/monitoring/views/{board}/edit                       404 404 404 404 422 403
  POST /provider/monitoring/views/{board}/deletion                   404 404 404 404 302 403
  GET  /provider/monitoring/views/{company_view}/edit                404 404 404 404 404 403
  GET  /provider/monitoring/views/{own_view}                         404 404 404 404 404 404

# notifications: who would be told, who was; own rules, of which `own_rule` is one of ada's
  GET  /provider/monitoring/notifications/                           404 404 404 404 200 200
  GET  /provider/monitoring/notifications/?site={site}&host=unknown  404 404 404 404 404 404
  GET  /provider/monitoring/notifications/log                        404 404 404 404 200 200
  GET  /profile/notifications/                                       200 200 404 404 200 404
  GET  /profile/notifications/new                                    200 200 404 404 200 404
  POST /profile/notifications/new                                    422 422 404 404 422 404
  GET  /profile/notifications/{own_rule}/edit                        404 404 404 404 404 404 ada=200
  POST /profile/notifications/{own_rule}/edit                        404 404 404 404 404 404 ada=422
  POST /profile/notifications/{own_rule}/deletion                    404 404 404 404 404 404 ada=302
  POST /profile/notifications/{own_rule}/position                    404 404 404 404 404 404 ada=302

# monitoring in the customers' door: lists, details, kept views
  GET  /monitoring/hosts/                                            200 200 404 404 404 404
  GET  /monitoring/hosts.csv                                         200 200 404 404 404 404
  GET  /monitoring/hosts.json                                        200 200 404 404 404 404
  GET  /monitoring/hosts.pdf                                         200 200 404 404 404 404
  GET  /monitoring/services/                                         200 200 404 404 404 404
  GET  /monitoring/services.csv                                      200 200 404 404 404 404
  GET  /monitoring/services.json                                     200 200 404 404 404 404
  GET  /monitoring/services.pdf                                      200 200 404 404 404 404
  GET  /monitoring/problems/                                         200 200 404 404 404 404
  GET  /monitoring/problems.csv                                      200 200 404 404 404 404
  GET  /monitoring/problems.json                                     200 200 404 404 404 404
  GET  /monitoring/problems.pdf                                      200 200 404 404 404 404
  GET  /monitoring/host-groups/                                      200 200 404 404 404 404
  GET  /monitoring/host-groups.csv                                   200 200 404 404 404 404
  GET  /monitoring/host-groups.json                                  200 200 404 404 404 404
  GET  /monitoring/host-groups.pdf                                   200 200 404 404 404 404
  GET  /monitoring/service-groups/                                   200 200 404 404 404 404
  GET  /monitoring/service-groups.csv                                200 200 404 404 404 404
  GET  /monitoring/service-groups.json                               200 200 404 404 404 404
  GET  /monitoring/service-groups.pdf                                200 200 404 404 404 404
  GET  /monitoring/events/                                           200 200 404 404 404 404
  GET  /monitoring/events.csv                                        200 200 404 404 404 404
  GET  /monitoring/events.json                                       200 200 404 404 404 404
  GET  /monitoring/events.pdf                                        200 200 404 404 404 404
  GET  /monitoring/hosts/?site=customer:acme                         200 200 404 404 404 404
  GET  /monitoring/hosts/?site=customer:gamma                        404 404 404 404 404 404
  GET  /monitoring/host?site={site}&name=web1                        200 200 404 404 404 404
  GET  /monitoring/host?site={site}&name=unknown                     404 404 404 404 404 404
  GET  /monitoring/host                                              404 404 404 404 404 404
  GET  /monitoring/service?site={site}&host=web1&service=cpu         200 200 404 404 404 404
  GET  /monitoring/service?site=none&host=web1&service=cpu           404 404 404 404 404 404
  GET  /monitoring/service                                           404 404 404 404 404 404
  GET  /monitoring/host/acknowledgement                              404 404 404 404 404 404
  POST /monitoring/host/acknowledgement                              404 404 404 404 404 404
  GET  /monitoring/host/downtimes                                    404 404 404 404 404 404
  GET  /monitoring/host/comments                                     404 404 404 404 404 404
  POST /monitoring/host/downtimes                                    404 404 404 404 404 404
  POST /monitoring/host/comments                                     404 404 404 404 404 404
  POST /monitoring/host/acknowledgement/removal                      404 404 404 404 404 404
  POST /monitoring/host/downtimes/cancellation                       404 404 404 404 404 404
  POST /monitoring/host/comments/removal                             404 404 404 404 404 404
  GET  /monitoring/service/acknowledgement                           404 404 404 404 404 404
  POST /monitoring/service/acknowledgement                           404 404 404 404 404 404
  GET  /monitoring/service/downtimes                                 404 404 404 404 404 404
  GET  /monitoring/service/comments                                  404 404 404 404 404 404
  POST /monitoring/service/downtimes                                 404 404 404 404 404 404
  POST /monitoring/service/comments                                  404 404 404 404 404 404
  POST /monitoring/service/acknowledgement/removal                   404 404 404 404 404 404
  POST /monitoring/service/downtimes/cancellation                    404 404 404 404 404 404
  POST /monitoring/service/comments/removal                          404 404 404 404 404 404
  GET  /monitoring/views/                                            200 200 404 404 404 404
  GET  /monitoring/views/new                                         200 200 404 404 404 404
  GET  /monitoring/views/new?source=services                         200 200 404 404 404 404
  POST /monitoring/views/new                                         200 200 404 404 404 404
  POST /monitoring/views/new?source=services                         422 422 404 404 404 404
  GET  /monitoring/views/{company_view}                              200 200 404 404 404 404
  GET  /monitoring/views/{company_view}.csv                          200 200 404 404 404 404
  GET  /monitoring/views/{company_view}.json                         200 200 404 404 404 404
  GET  /monitoring/views/{company_view}.pdf                          200 200 404 404 404 404
  GET  /monitoring/views/{board}                                     404 404 404 404 404 404
  GET  /monitoring/views/{company_view}/edit                         200 403 404 404 404 404
  POST /monitoring/views/{company_view}/edit                         422 403 404 404 404 404
  POST /monitoring/views/{company_view}/deletion                     302 403 404 404 404 404
  GET  /monitoring/views/{own_view}                                  404 404 404 404 404 404 ugo=200
  GET  /monitoring/views/{own_view}/edit                             404 404 404 404 404 404 ugo=200

# addresses of Checkmk
  GET  /mysite/check_mk/view.py                                      404 404 404 404 404 404
  POST /mysite/check_mk/view.py                                      401 401 401 401 401 401
  GET  /mysite/check_mk/dashboard.py                                 302 302 404 404 302 302
  GET  /mysite/check_mk/index.py                                     302 302 404 404 302 302
  GET  /mysite/check_mk/login.py                                     302 302 302 302 302 302
"""
