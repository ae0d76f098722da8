FROM node:22-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MAAS_DATA_DIR=/data
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY --from=packages /app/node_modules node_modules
COPY . .
RUN MAAS_DEBUG=1 MAAS_DATA_DIR=/tmp/build python manage.py messages --compile \
    && useradd --system --uid 10001 --create-home maas && mkdir /data && chown maas /data
USER maas
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-k", "asgi", "-w", "2", "-b", "0.0.0.0:8000", "maas.asgi:application"]
