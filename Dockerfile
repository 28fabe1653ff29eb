# A static binary and nothing else: the certificates it trusts are compiled in.
#   docker build -t seaworthy .
#   docker run --rm -u "$(id -u)" -v "$PWD:/work" seaworthy https://app.example
FROM rust:1-alpine AS build
RUN apk add --no-cache build-base cmake
WORKDIR /src
COPY . .
RUN cargo build --release --locked

FROM scratch
COPY --from=build /src/target/release/seaworthy /seaworthy
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["/seaworthy"]
