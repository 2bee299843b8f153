# Two stages: build tools and caches stay in the first.
FROM python:3.13-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements/base.txt /tmp/requirements.txt
# The secret is for networks that re-sign TLS; without one the image's own certificates are used.
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt,required=false \
    --mount=type=secret,id=pip,target=/etc/pip.conf,required=false \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt /venv/bin/pip install --require-hashes -r /tmp/requirements.txt
WORKDIR /app
COPY manage.py ./
COPY config config
COPY store store
COPY catalog catalog
COPY checkout checkout
COPY fraud fraud
COPY templates templates
COPY static static
# Static files are gathered and compressed now; the keys of this one command guard nothing and stay here.
RUN SECRET_KEY=build FIELD_KEYS=build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= INDEX_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    VAR_DIR=/srv /venv/bin/python manage.py collectstatic --noinput --skip-checks

FROM python:3.13-slim-trixie
# pg_dump and pg_restore of the server's own major version (compose.yaml: postgres:17), without the Perl their package wants.
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 liblz4-1 libzstd1 \
    && cd /tmp && apt-get download postgresql-client-17 && dpkg-deb -x postgresql-client-17_*.deb client \
    && install -D -t /usr/lib/postgresql/17/bin client/usr/lib/postgresql/17/bin/pg_dump client/usr/lib/postgresql/17/bin/pg_restore \
    && /usr/lib/postgresql/17/bin/pg_dump --version && /usr/lib/postgresql/17/bin/pg_restore --version \
    && rm -rf /tmp/* /var/lib/apt/lists/*
RUN groupadd --gid 10001 shop && useradd --uid 10001 --gid shop --no-create-home --home-dir /tmp shop \
    && mkdir -p /srv/media /srv/mails /srv/ledger && mkdir -m 700 /srv/backups \
    && chown shop:shop /srv/media /srv/mails /srv/ledger /srv/backups
COPY --from=build /venv /venv
COPY --from=build /srv/static /srv/static
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp VAR_DIR=/srv DJANGO_SETTINGS_MODULE=config.settings
WORKDIR /app
USER shop
EXPOSE 8000
VOLUME /srv/media
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
# Unsafe settings stop the start. Shared memory for the heartbeat: a worker must not stall on a slow disk. Limits keep one odd client from hogging a worker.
CMD ["sh", "-c", "python manage.py check --deploy --fail-level WARNING && exec gunicorn --bind 0.0.0.0:8000 --workers 2 \
     --worker-tmp-dir /dev/shm --no-control-socket --timeout 30 --max-requests 2000 --max-requests-jitter 200 \
     --limit-request-line 4094 --limit-request-fields 60 config.wsgi"]
