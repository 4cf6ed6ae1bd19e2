# One image for web, worker, beat and migrate (bin/start says which). What is built here needs no compiler: every
# package is a wheel of the hashed lock file.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements-uv.lock requirements.lock ./
RUN python -m venv /tools && \
    /tools/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir --only-binary :all: \
        --require-hashes -r requirements-uv.lock
RUN python -m venv --without-pip /venv && \
    VIRTUAL_ENV=/venv UV_NO_CONFIG=1 UV_SYSTEM_CERTS=1 UV_LINK_MODE=copy /tools/bin/uv pip install --quiet --no-build \
        --compile-bytecode --require-hashes -r requirements.lock
COPY . .
# The style sheets, under names that carry their digests; with an environment that exists for this step alone.
RUN TREATYFLOW_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    DJANGO_SETTINGS_MODULE=treatyflow.settings.production TREATYFLOW_ALLOWED_HOSTS=none.invalid \
    TREATYFLOW_BASE_URL=https://none.invalid DATABASE_URL=postgresql://none.invalid/none \
    REDIS_URL=redis://none.invalid EMAIL_URL=smtp://none.invalid \
    /venv/bin/python manage.py collectstatic --no-input --verbosity 0 && \
    /venv/bin/python -m compileall -q manage.py notifications treatyflow

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 treatyflow && \
    useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin treatyflow && \
    install -d -m 0750 -o 10001 -g 10001 /var/lib/treatyflow /var/lib/treatyflow/documents /var/lib/treatyflow/beat
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=treatyflow.settings.production \
    PORT=8000 \
    TREATYFLOW_BIND=0.0.0.0 \
    TREATYFLOW_DATA=/var/lib/treatyflow
WORKDIR /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["bin/healthy", "web"]
CMD ["bin/start", "web"]
