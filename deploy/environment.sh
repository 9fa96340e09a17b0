# Kaiku's settings and secrets for its commands at a shell, as deploy/kaiku.service has them: . deploy/environment.sh
set -a
. /etc/kaiku/settings
SLACK_BOT_TOKEN_FILE=/etc/kaiku/secrets/slack_bot_token
SLACK_SIGNING_SECRET_FILE=/etc/kaiku/secrets/slack_signing_secret
KAIKU_DATABASE_URL_FILE=/etc/kaiku/secrets/database_url
KAIKU_SECRET_KEY_FILE=/etc/kaiku/secrets/secret_key
set +a
