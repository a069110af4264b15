"""What gunicorn serves: `config.wsgi:app`, set up from YINQI_* variables."""

from config import log
from config.app import create_app
from config.settings import from_environment

settings = from_environment()
log.set_up(demonstration=settings.demonstration, file=settings.log_file)
app = create_app(settings)
