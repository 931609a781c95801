# The server, its workers and the gate in front of Docker Engine: one image, three commands.
# The programs that jobs write run in another image, see sandbox/images/Dockerfile.
ARG BASE_IMAGE=python:3.11-slim-bookworm

# What seldom changes is a stage of its own: a change of the code alone fetches and copies no package anew.
FROM ${BASE_IMAGE} AS packages
WORKDIR /source
COPY pyproject.toml constraints.txt ./
RUN python3 -m venv /opt/autoiot \
 && python3 -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
      > /tmp/requirements.txt \
 && /opt/autoiot/bin/pip install --quiet --no-cache-dir --disable-pip-version-check -c constraints.txt \
      -r /tmp/requirements.txt

FROM packages AS code
COPY README.md LICENSE ./
COPY sandbox sandbox
COPY graph graph
COPY app app
RUN /opt/autoiot/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --no-deps --prefix /code .

FROM ${BASE_IMAGE}
# A volume takes the owner of the folder that it is mounted on. The gate, which is root, has its own.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin autoiot \
 && install -d -o autoiot -g autoiot /data /datasets \
 && install -d -m 0755 /run/autoiot
COPY --from=packages /opt/autoiot /opt/autoiot
COPY --from=code /code /opt/autoiot
ENV PATH=/opt/autoiot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    AUTOIOT_HOME=/data \
    AUTOIOT_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('AUTOIOT_PORT') or 8000}/readyz\", timeout=4)"]
ENTRYPOINT ["autoiot"]
CMD ["serve"]
