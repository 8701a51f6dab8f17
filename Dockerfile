# One image for web, worker, beat and the one-shot; docker-compose.yml says which is which.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 DATA_DIR=/data PORT=8000
WORKDIR /app

# What draws a PDF: Pango, and a face for its letters. Without them the print page serves.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core \
    && rm -rf /var/lib/apt/lists/*

COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

RUN useradd --uid 10001 --no-create-home roadmap && install -d -o roadmap -g roadmap /data
COPY . .
RUN python -m compileall -q committee umkm roadmap

USER roadmap
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "roadmap/config/healthcheck.py", "http://127.0.0.1:8000"]
CMD ["gunicorn", "roadmap.config.wsgi", "-k", "gthread", "--threads", "8", "--no-control-socket", "--forwarded-allow-ips", "", "-b", "0.0.0.0:8000"]
