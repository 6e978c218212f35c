# The image holds the binary, the root certificates and two folders, and runs as nobody in particular.
# docker build --build-arg VERSION=$(git describe --tags --always) -t guanjia .
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X guanjia/internal/buildinfo.version=${VERSION}" -o /out/guanjia ./cmd/guanjia \
 && mkdir -p /out/data && mkdir -m 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/guanjia /guanjia
COPY --from=build /out/tmp /tmp
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
# The default database is ./data/guanjia.db.
WORKDIR /
VOLUME /data
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["/guanjia", "health"]
ENTRYPOINT ["/guanjia"]
CMD ["serve"]
