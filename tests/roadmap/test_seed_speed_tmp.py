import time, pytest
from django.core.management import call_command
pytestmark = pytest.mark.django_db
def test_speed():
    t=time.time(); call_command("seed","--synthetic","10000",verbosity=0); print("SYN",time.time()-t)
