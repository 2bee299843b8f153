# Stages: build (pip and its caches) -> ground -> demo, or -> bill (what is inside, by syft) -> shop, the image that runs.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv --without-pip /venv
COPY requirements/base.txt /tmp/requirements.txt
# The secrets are for networks that re-sign TLS; without them the image's own certificates are used.
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt,required=false \
    --mount=type=secret,id=pip,target=/etc/pip.conf,required=false \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt pip --python /venv/bin/python install --only-binary :all: --no-deps --require-hashes -r /tmp/requirements.txt \
    && find /venv -type d -name tests -prune -exec rm -rf {} +
WORKDIR /app
COPY manage.py ./
COPY config config
COPY store store
COPY catalog catalog
COPY checkout checkout
COPY fraud fraud
COPY templates templates
COPY locale locale
COPY static static
# Static files are gathered and compressed now; the keys of this one command guard nothing and stay here.
RUN SECRET_KEY=build FIELD_KEYS=build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= INDEX_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    VAR_DIR=/srv /venv/bin/python manage.py collectstatic --noinput --skip-checks \
    && /venv/bin/python -m compileall -q -j 0 /app

FROM python:3.13-slim AS ground
# pg_dump and pg_restore of the server's own major version (compose.yaml: postgres:17), without the Perl their package wants.
# The base's pip goes: nothing is installed where the shop runs.
# The official image brings the standard library uncompiled: each process would compile it anew, for a tenth of a second and 3 MB.
# No versions (DL3008): Debian keeps only the newest of each package, so a pinned one can't be had next month.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 liblz4-1 libzstd1 \
    && apt-get download postgresql-client-17 && dpkg-deb -x postgresql-client-17_*.deb /tmp/client && rm postgresql-client-17_*.deb \
    && install -D -t /usr/lib/postgresql/17/bin /tmp/client/usr/lib/postgresql/17/bin/pg_dump /tmp/client/usr/lib/postgresql/17/bin/pg_restore \
    && /usr/lib/postgresql/17/bin/pg_dump --version && /usr/lib/postgresql/17/bin/pg_restore --version \
    && pip uninstall --yes --root-user-action ignore pip \
    && python -m compileall -q -x '/(ensurepip|idlelib|pydoc_data|site-packages|test|tkinter|turtledemo)/' /usr/local/lib/python3.13 \
    && rm -rf /tmp/* /var/lib/apt/lists/* /root/.cache \
    && groupadd --gid 10001 shop && useradd --uid 10001 --gid shop --no-create-home --home-dir /tmp shop \
    && mkdir -p /srv/media /srv/mails /srv/ledger && mkdir -m 700 /srv/backups /srv/evidence \
    && chown shop:shop /srv/media /srv/mails /srv/ledger /srv/backups /srv/evidence
COPY --from=build /venv /venv
COPY --from=build /srv/static /srv/static
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp VAR_DIR=/srv DJANGO_SETTINGS_MODULE=config.settings \
    HEARTBEAT_FILE=/tmp/alive PROMETHEUS_MULTIPROC_DIR=/tmp/metrics MALLOC_ARENA_MAX=2
WORKDIR /app
USER 10001:10001
EXPOSE 8000
VOLUME /srv/media
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
# Unsafe settings stop the start: config/gunicorn.py asks for the deploy checks first.
CMD ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]

# The shop with the stand-in payment company, for compose.demo.yaml. Not what runs for real.
FROM ground AS demo
COPY sandbox sandbox
USER 0:0
RUN mkdir -p /srv/sandbox && chown shop:shop /srv/sandbox
USER 10001:10001

# The bill of materials: every Debian and every Python package inside, in CycloneDX.
FROM python:3.13-slim AS bill
COPY requirements/sbom.txt /tmp/requirements.txt
RUN --mount=type=secret,id=ca,target=/etc/ssl/certs/ca-certificates.crt,required=false \
    --mount=type=secret,id=pip,target=/etc/pip.conf,required=false \
    PIP_CERT=/etc/ssl/certs/ca-certificates.crt pip install --no-cache-dir --root-user-action ignore --require-hashes -r /tmp/requirements.txt
RUN --mount=from=ground,target=/image \
    SYFT_CHECK_FOR_APP_UPDATE=false syft scan --quiet dir:/image --source-name ringback --output cyclonedx-json=/sbom.cdx.json

FROM ground AS shop
ARG VERSION=0.1.0
ENV CODE_VERSION=$VERSION
LABEL org.opencontainers.image.title="Ringback" org.opencontainers.image.version="$VERSION"
COPY --from=bill /sbom.cdx.json /usr/share/doc/ringback/sbom.cdx.json
