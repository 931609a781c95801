# The sandbox image and further packages, from wheels alone: nothing here reaches a network.
ARG BASE_IMAGE
FROM ${BASE_IMAGE} AS installed
ARG TAG
LABEL autoiot.sandbox-stage=${TAG}
USER 0
COPY wheels /wheels
# Beside the packages of the image, which count as installed: so the layer that is kept holds the new ones only.
# Packages may bring templates that are no Python yet: those stay as they are.
RUN /opt/venv/bin/pip install --no-cache-dir --no-compile --no-index --find-links /wheels --prefix /more /wheels/*.whl \
 && { /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash -s /more -p /opt/venv /more || true; } \
 && find /more -perm /6000 -type f -exec chmod a-s {} +

FROM ${BASE_IMAGE}
COPY --from=installed /more /opt/venv
ARG ASKED
LABEL autoiot.sandbox-image=${ASKED}
