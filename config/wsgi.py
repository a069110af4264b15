"""What gunicorn serves: `config.wsgi:app`, set up from YINQI_* variables."""

from config import log
from config.app import create_app
from config.settings import from_environment

log.set_up()
app = create_app(from_environment())
