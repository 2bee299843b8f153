"""The stand-in for PayPal: Orders v2, Payments v2, webhooks, transaction search and disputes, as far as the shop needs them.

Every object is one row (`models.Resource`) whose `body` holds its facts; `shapes` adds what the API puts around them
(links, an order's payments). `orders`, `payments`, `refunds` and `disputes` change them and emit events; `endpoints`
maps the published addresses to these functions; `pages` is the page on which the buyer approves.

Where PayPal publishes no rule, what stands here is the strictest that its texts allow, and says so beside the line.
Sources: developer.paypal.com/docs/api/orders/v2, /payments/v2, /webhooks/v1, /transaction-search/v1,
/customer-disputes/v1, and the OpenAPI files of paypal/paypal-rest-api-specifications.
"""
