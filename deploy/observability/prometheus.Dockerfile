# Prometheus with our targets and alerts:  docker build -f deploy/observability/prometheus.Dockerfile -t ticketing-prometheus .
ARG PROMETHEUS=prom/prometheus:v3.5.0
FROM ${PROMETHEUS}
ARG VERSION=latest
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ticketing-prometheus" \
      org.opencontainers.image.description="Metrics and alerts of the ticketing system" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY deploy/observability/prometheus.yml deploy/observability/alerts.yml /etc/prometheus/
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9090/-/ready"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus", "--storage.tsdb.retention.time=30d"]
