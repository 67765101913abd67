"""Hostile and broken files: what each is, its bytes, and a part of the one line that it gets.

An empty line means that it is collected: what is odd is not for that reason refused.
"""

import functools
import io
import zipfile
import zlib

import docx

DOCX_BODY = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:body></w:document>"
)
ODT = "application/vnd.oasis.opendocument.text"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def zipped(files: dict[str, str | bytes]) -> bytes:
    """Return a zip archive of these files, deflated."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Return a PDF file of these objects, of which the first is its catalogue."""
    made, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, trailer, start,
    )  # fmt: skip
    return bytes(made)


def stream(content: bytes, about: bytes = b"") -> bytes:
    """Return an object of a PDF file that holds some bytes, compressed."""
    packed = zlib.compress(content, 9)
    head = b"<</Length %d/Filter/FlateDecode%b>>stream\n" % (len(packed), about)
    return head + packed + b"\nendstream"


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
WORDS = b"BT /F1 12 Tf 72 700 Td (Made up words of Nowhere) Tj ET"


def one_page(content: bytes, *more: bytes, about: bytes = b"", trailer: bytes = b"") -> bytes:
    """Return a PDF file of one page with this content."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
    page += b"/Resources<</Font<</F1 5 0 R>>%b>>>>" % about
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return pdf(CATALOGUE, pages, page, stream(content), FONT, *more, trailer=trailer)


def many_pages(count: int) -> bytes:
    """Return a PDF file of so many pages."""
    kids = b" ".join(b"%d 0 R" % (number + 5) for number in range(count))
    pages = b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, count)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R"
    page += b"/Resources<</Font<</F1 4 0 R>>>>>>"
    return pdf(CATALOGUE, pages, stream(WORDS), FONT, *[page] * count)


def encrypted() -> bytes:
    """Return a PDF file with a password that nobody has."""
    about = b"<</Filter/Standard/V 1/R 2/Length 40/P -4/O<%b>/U<%b>>>" % (b"ab" * 32, b"cd" * 32)
    trailer = b"/Encrypt 6 0 R/ID[<00112233445566778899aabbccddeeff><00>]"
    return one_page(WORDS, about, trailer=trailer)


def word(text: str = "Made up.", **parts: str | bytes) -> bytes:
    """Return a Word document; ``parts`` are put in place of its own."""
    made, document = io.BytesIO(), docx.Document()
    document.add_paragraph(text)
    document.save(made)
    with zipfile.ZipFile(made) as archive:
        files: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**files, **parts})


def bomb(root: str) -> str:
    """Return XML in which ten entities unfold to ten thousand million letters."""
    entities = "<!ENTITY a 'aaaaaaaaaa'>" + "".join(
        f"<!ENTITY {chr(n + 1)} '{f'&{chr(n)};' * 10}'>" for n in range(ord("a"), ord("j"))
    )
    return f"<!DOCTYPE x [{entities}]>{root % '&j;'}"


def odt(content: str | bytes) -> bytes:
    """Return an OpenDocument text with this content."""
    return zipped({"mimetype": ODT, "content.xml": content})


def lying(content: bytes) -> bytes:
    """Return an archive of which the list says that each part is short."""
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 24] + (10).to_bytes(4, "little") + content[at + 28 :]


def email(*parts: str, head: str = "") -> bytes:
    """Return an e-mail of several parts."""
    joined = "".join(f"--B\n{part}\n" for part in parts)
    return (
        f"From: a@example.org\nSubject: Made up\nMIME-Version: 1.0\n{head}"
        f"Content-Type: multipart/mixed; boundary=B\n\n{joined}--B--\n"
    ).encode()


def nested(depth: int) -> bytes:
    """Return an e-mail in an e-mail, so many deep."""
    content = "From: a@example.org\n\nInnermost words of Nowhere."
    for level in range(depth):
        content = (
            f"From: a@example.org\nMIME-Version: 1.0\n"
            f"Content-Type: multipart/mixed; boundary=B{level}\n\n--B{level}\n\nLevel {level}.\n"
            f"--B{level}\nContent-Type: message/rfc822\n"
            f"Content-Disposition: attachment; filename=level{level}.eml\n\n{content}\n--B{level}--\n"
        )
    return content.encode()


ATTACHED = 'Content-Type: text/plain\nContent-Disposition: attachment; filename="{}"\n\n{}'
ARABIC = "لا تشارك الشرطة المعلومات مع أي جهة أخرى"
CHINESE = "警察不会与其他机构分享受害者的信息"
LOOP = b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 4>>"
FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>"


@functools.cache
def files() -> dict[str, tuple[bytes, str]]:
    """Return all: they are large, so that they are made only where they are wanted."""
    return {
        "empty.pdf": (b"", "it is empty"),
        "blank.txt": (b" \n\t ", "it is empty"),
        "nothing.pdf": (b"%PDF-1.7\n", "damaged"),
        "cut short.pdf": (one_page(WORDS)[:200], "damaged"),
        "other bytes.pdf": (b"%PDF-1.7\n" + bytes(range(256)) * 40, "damaged"),
        "password.pdf": (encrypted(), "save it without a password"),
        "pages in a loop.pdf": (pdf(CATALOGUE, LOOP), ""),
        "no pages.pdf": (pdf(CATALOGUE, b"<</Type/Pages/Kids[]/Count 0>>"), "damaged"),
        "too many pages.pdf": (many_pages(20_001), "more than 20,000"),
        "bomb.pdf": (one_page(b"0 0 m " * 20_000_000), ""),
        "form in itself.pdf": (one_page(b"/X Do " + WORDS, stream(b"/X Do", FORM), about=b"/XObject<</X 6 0 R>>"), ""),
        "ten thousand pages.pdf": (many_pages(10_000), ""),
        "no text layer.pdf": (one_page(b"0 0 m 9 9 l S"), ""),
        "named as text.txt": (one_page(WORDS), ""),
        "bomb.docx": (word(**{"word/document.xml": DOCX_BODY % ("a" * 400_000_000)}), "unpacks to"),
        "entities.docx": (word(**{"word/document.xml": bomb(DOCX_BODY)}), "damaged"),
        "no body.docx": (zipped({"word/other.xml": "x"}), "damaged"),
        "broken body.docx": (word(**{"word/document.xml": "<w:document"}), "damaged"),
        "cut short.docx": (word()[:900], "damaged"),
        "lying about its size.docx": (lying(word()), "damaged"),
        "password.docx": (OLE, "password"),
        "arabic.docx": (word(ARABIC), ""),
        "entities.odt": (odt(bomb("<x>%s</x>")), "damaged"),
        "no content.odt": (zipped({"mimetype": ODT}), "damaged"),
        "password.odt": (odt(bytes(range(256))), "damaged"),
        "bomb.odt": (odt("<x>" + "a" * 400_000_000 + "</x>"), "unpacks to"),
        "archive.zip": (zipped({"policy.txt": "x"}), "an archive"),
        "archive of itself.zip": (zipped({"a.zip": zipped({"a.zip": zipped({})})}), "an archive"),
        "sheet.xlsx": (zipped({"xl/workbook.xml": "x"}), "a spreadsheet"),
        "slides.pptx": (zipped({"ppt/presentation.xml": "x"}), "a presentation"),
        "table.csv": (b"a,b\n1,2\n", "a spreadsheet"),
        "old.doc": (OLE, "before 2007"),
        "message.msg": (OLE, "save it as EML"),
        "rich.rtf": (b"{\\rtf1 Made up.}", "an RTF document"),
        "picture.png": (b"\x89PNG\r\n\x1a\n" + bytes(64), "this kind of file cannot be read"),
        "picture.jpg": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(64), "this kind of file cannot be read"),
        "program": (b"\x7fELF" + bytes(200), "this kind of file cannot be read"),
        "deep.html": (b"<!doctype html>Words." + b"<div>" * 200_000 + b"Deep words of Nowhere.", ""),
        "entities.html": (bomb("<html><body>%s Made up.</body></html>").encode(), ""),
        "only scripts.html": (b"<!doctype html><script>x</script>", ""),
        "zero bytes.html": (b"<!doctype html><p>Made\x00 up.", ""),
        "no such letters.html": (b"<!doctype html><meta charset='nowhere-8'><p>Made up.", ""),
        "chinese.html": (b"<!doctype html><meta charset=gb18030><p>" + CHINESE.encode("gb18030"), ""),
        "arabic.txt": (ARABIC.encode(), ""),
        "two bytes a letter.txt": (CHINESE.encode("utf-16"), ""),
        "of no encoding.txt": (b"Made \x81\xfe up", ""),
        "too long.txt": (b"Made up. " * 6_000_000, "more than 50,000,000 characters"),
        "seven deep.eml": (nested(7), "more than 5 e-mails deep"),
        "no end.eml": (email("\nMade up.")[:-6], ""),
        "letters of nowhere.eml": (email("Content-Type: text/plain; charset=nowhere-8\n\nMade up."), ""),
        "bad date.eml": (email("\nMade up.", head="Date: the day after\n"), ""),
        "bad names.eml": (email("\nMade up.", ATTACHED.format("../../outside.txt", "Attached words.")), ""),
        "empty attachment.eml": (email("\nMade up.", ATTACHED.format("nothing.txt", "")), "it is empty"),
        "rtf attached.eml": (email("\nMade up.", ATTACHED.format("old.rtf", "{\\rtf1 x}")), "an RTF document"),
        "a\nline end.rtf": (b"{\\rtf1 }", "an RTF document"),
        "\u202eright to left.rtf": (b"{\\rtf1 }", "an RTF document"),
        "-dash and 'quotes' \"too\" 🚔.txt": (b"Words in a file of an odd name.", ""),
        "n" * 240 + ".rtf": (b"{\\rtf1 }", "an RTF document"),
    }  # fmt: skip
