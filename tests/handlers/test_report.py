"""``/kaiku report``: the key figures, for those who lead."""

from tests.support.joining import join, kaiku_answer
from tests.support.running import Running


async def test_a_facilitator_reads_the_key_figures_and_no_number_under_five(kaiku: Running) -> None:
    await join(kaiku.visitor("UAINO"), "dialogue-2")
    fasi = kaiku.visitor("UFASI")
    await fasi.command("/kaiku raportti dialogue-2")
    said = kaiku_answer(kaiku, fasi)["text"]
    assert "Paikkoja: 20" in said
    assert "Täytettyjä paikkoja: –" in said, "Aino alone could be told from it"
