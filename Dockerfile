# The worker and the command line in one image.
# A worker needs what docker-compose.yml grants it, or it cannot make boxes.

# The compiler of the trainer's steps stays behind.
FROM python:3.11.11-slim-bookworm AS wheel
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY LICENSE README.md pyproject.toml ./
COPY grader grader
COPY reference reference
RUN pip wheel --no-cache-dir --disable-pip-version-check --no-deps --wheel-dir /wheels .

FROM python:3.11.11-slim-bookworm

# bubblewrap makes the boxes, libseccomp their filter; prlimit, which limits them, is in util-linux.
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap libseccomp2 util-linux \
    && rm -rf /var/lib/apt/lists/*

# Before the code, so that a change to the code does not install TensorFlow again.
WORKDIR /src
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

COPY --from=wheel /wheels /wheels
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps /wheels/*.whl

# Not root: the number of processes in a box is not limited for root.
# A new volume takes the owner of the folder that it covers.
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin grader \
    && install -d -o grader -g grader /var/lib/grader
ENV GRADER_HOME=/var/lib/grader
USER grader
WORKDIR /var/lib/grader

ENTRYPOINT ["grader"]
CMD ["--help"]
