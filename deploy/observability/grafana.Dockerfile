# Grafana with our dashboard:  docker build -f deploy/observability/grafana.Dockerfile -t ticketing-grafana .
ARG GRAFANA=grafana/grafana:12.1.0
FROM ${GRAFANA}
ARG VERSION=latest
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ticketing-grafana" \
      org.opencontainers.image.description="The dashboard of the ticketing system" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY deploy/observability/grafana/datasource.yml /etc/grafana/provisioning/datasources/ticketing.yml
COPY deploy/observability/grafana/dashboards.yml /etc/grafana/provisioning/dashboards/ticketing.yml
COPY deploy/observability/grafana/ticketing.json /etc/grafana/dashboards/
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/api/health"]
