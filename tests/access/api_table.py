"""Who may ask what of the API, each with a token of their own (DESIGN.md, section 2); columns as in `table`.

Whoever has no credential gets 401 everywhere. A POST and a PUT carry an empty object: 422 is the answer to who may.
A PATCH and a DELETE do not say of which version, 428; and 428 comes before what one may not do to this very record.
"""

API_TABLE = """
  GET    /api/v1/                                                   200 200 200 200 200 200
  GET    /api/v1/account                                            200 200 200 200 200 200
  PATCH  /api/v1/account                                            428 428 428 428 428 403

# users: everybody for staff, colleagues for the leading; nobody sees another company's
  GET    /api/v1/users                                              200 404 200 404 200 200
  POST   /api/v1/users                                              422 404 422 404 422 403
  GET    /api/v1/users/{ugo}                                        200 404 404 404 200 200
  PUT    /api/v1/users/{ugo}                                        422 404 404 404 422 403
  PATCH  /api/v1/users/{ugo}                                        428 404 404 404 428 403
  DELETE /api/v1/users/{ugo}                                        428 404 404 404 428 403

# roles and setup are the provider's
  GET    /api/v1/roles                                              404 404 404 404 200 200
  POST   /api/v1/roles                                              404 404 404 404 422 403
  GET    /api/v1/roles/{role}                                       404 404 404 404 200 200
  PUT    /api/v1/roles/{role}                                       404 404 404 404 422 403
  PATCH  /api/v1/roles/{role}                                       404 404 404 404 428 403
  DELETE /api/v1/roles/{role}                                       404 404 404 404 428 403
  GET    /api/v1/{element}                                          404 404 404 404 200 200
  POST   /api/v1/{element}                                          404 404 404 404 422 403
  GET    /api/v1/{element}/one                                      404 404 404 404 200 200
  PUT    /api/v1/{element}/one                                      404 404 404 404 422 403
  PATCH  /api/v1/{element}/one                                      404 404 404 404 428 403
  DELETE /api/v1/{element}/one                                      404 404 404 404 428 403

# sites: a customer's people see their own, where they have any
  GET    /api/v1/sites                                              200 200 404 404 200 200
  POST   /api/v1/sites                                              403 403 404 404 422 403
  GET    /api/v1/sites/{site}                                       200 200 404 404 200 200
  PUT    /api/v1/sites/{site}                                       403 403 404 404 422 403
  PATCH  /api/v1/sites/{site}                                       403 403 404 404 428 403
  DELETE /api/v1/sites/{site}                                       403 403 404 404 428 403

# customers: the leading see their own company
  GET    /api/v1/customers                                          200 404 200 404 200 200
  POST   /api/v1/customers                                          403 404 403 404 422 403
  GET    /api/v1/customers/acme                                     200 404 404 404 200 200
  PUT    /api/v1/customers/acme                                     403 404 403 404 422 403
  PATCH  /api/v1/customers/acme                                     403 404 403 404 428 403
  DELETE /api/v1/customers/acme                                     403 404 403 404 428 403
  POST   /api/v1/customers/provider/archival                        403 404 403 404 409 403
  POST   /api/v1/customers/provider/restoration                     403 404 403 404 201 403

# documents: commercial information is for the super user and admins, licences for all
  GET    /api/v1/documents/{commercial}                             200 404 200 404 200 200
  GET    /api/v1/documents/{commercial}/{id}                        200 404 404 404 200 200
  GET    /api/v1/documents/subscriptions                            200 200 200 200 200 200
  GET    /api/v1/documents/subscriptions/{subscriptions}            200 200 404 404 200 200
  GET    /api/v1/licenses                                           200 200 200 200 200 200
  POST   /api/v1/licenses                                           403 403 403 403 422 403
  GET    /api/v1/licenses/{subscriptions}                           200 200 404 404 200 200
  PUT    /api/v1/licenses/{subscriptions}                           403 403 403 403 422 403
  PATCH  /api/v1/licenses/{subscriptions}                           403 403 403 403 428 403

# tickets: with the right alone; where it sleeps, old ones stay readable
  GET    /api/v1/tickets                                            200 200 404 404 200 200 abe=404 ugo=404 gus=200
  POST   /api/v1/tickets                                            422 422 404 404 422 403 abe=404 ugo=404 gus=403
  GET    /api/v1/tickets/{ticket}                                   200 200 404 404 200 200 abe=404 ugo=404
  POST   /api/v1/tickets/{ticket}/messages                          422 422 404 404 422 403 abe=404 ugo=404 gus=403
  POST   /api/v1/tickets/{closed_ticket}/solution                   409 409 404 404 409 403 abe=404 ugo=404 gus=403
  POST   /api/v1/tickets/{closed_ticket}/closure                    409 409 404 404 409 403 abe=404 ugo=404 gus=403
  POST   /api/v1/tickets/{ticket}/reopening                         409 409 404 404 409 403 abe=404 ugo=404 gus=403

# monitoring: what one is a contact for, and staff who see all
  GET    /api/v1/views                                              200 200 404 404 200 200
  POST   /api/v1/views                                              422 422 404 404 422 403
  GET    /api/v1/views/{company_view}                               200 200 404 404 404 404
  GET    /api/v1/views/{company_view}/definition                    200 200 404 404 404 404
  PUT    /api/v1/views/{company_view}/definition                    422 422 404 404 404 403
  PATCH  /api/v1/views/{company_view}/definition                    428 428 404 404 404 403
  DELETE /api/v1/views/{company_view}/definition                    428 428 404 404 404 403
  GET    /api/v1/hosts                                              200 200 404 404 200 200
  GET    /api/v1/hosts/{site}/web1                                  200 200 404 404 200 200
  GET    /api/v1/hosts/{site}/web1/contact_groups                   200 200 404 404 200 200
  PUT    /api/v1/hosts/{site}/web1/contact_groups                   403 403 404 404 422 403
  PATCH  /api/v1/hosts/{site}/web1/contact_groups                   403 403 404 404 428 403
  GET    /api/v1/services                                           200 200 404 404 200 200
  GET    /api/v1/services/{site}/web1/cpu                           200 200 404 404 200 200
  GET    /api/v1/hosts/{site}/web1/services/cpu/contact_groups      200 200 404 404 200 200
  PUT    /api/v1/hosts/{site}/web1/services/cpu/contact_groups      403 403 404 404 422 403
  PATCH  /api/v1/hosts/{site}/web1/services/cpu/contact_groups      403 403 404 404 428 403
  GET    /api/v1/bi-aggregations/one/state                          404 404 404 404 200 200
  POST   /api/v1/hosts/{site}/web1/acknowledgement                  422 422 404 404 422 403
  DELETE /api/v1/hosts/{site}/web1/acknowledgement                  503 503 404 404 503 403
  POST   /api/v1/hosts/{site}/web1/downtimes                        422 422 404 404 422 403
  DELETE /api/v1/hosts/{site}/web1/downtimes                        503 503 404 404 503 403
  POST   /api/v1/hosts/{site}/web1/comments                         422 422 404 404 422 403
  POST   /api/v1/hosts/{site}/web1/services/cpu/acknowledgement     422 422 404 404 422 403
  DELETE /api/v1/hosts/{site}/web1/services/cpu/acknowledgement     503 503 404 404 503 403
  POST   /api/v1/hosts/{site}/web1/services/cpu/downtimes           422 422 404 404 422 403
  DELETE /api/v1/hosts/{site}/web1/services/cpu/downtimes           503 503 404 404 503 403
  POST   /api/v1/hosts/{site}/web1/services/cpu/comments            422 422 404 404 422 403
"""
