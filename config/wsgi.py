"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from store.keycheck import check_keys_now
from store.starting import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
refuse_unsafe_start()
check_keys_now()  # a server with wrong keys must not come up at all
