from flask import Blueprint

bp = Blueprint("openings", __name__, url_prefix="/openings")
