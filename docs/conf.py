"""Settings of the site. `casestudy run` adds what depends on the cohort: title, banner and footer."""

import html

project = "casestudy"
language = "en"
extensions = ["myst_nb"]

# The notebooks arrive executed, on the cohort of this site
nb_execution_mode = "off"
nb_merge_streams = True
nb_render_markdown_format = "myst"  # computed sentences and tables are read as the text around them is
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"

myst_enable_extensions = ["deflist", "dollarmath"]
myst_heading_anchors = 3
smartquotes = False  # quoted text is shown as it was written

# Nothing on a page may be fetched from another machine: one file of MathJax is copied beside the pages
mathjax_path = "tex-svg.js"
mathjax3_config = {"options": {"enableMenu": False}}  # the menu's speech settings fetch files

html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme_options = {
    "navbar_persistent": [],  # else the theme shows two search boxes
    "search_bar_text": "Search these pages",
    "toc_title": "On this page",
    "footer_content_items": ["extra-footer.html"],
}
html_copy_source = True  # the download button of a notebook page serves this copy
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False


def escape_titles(app, pagename, templatename, context, doctree):
    """Escape the titles that the theme prints as HTML: they may hold text from the data."""
    context["pagetitle"] = html.escape(context.get("pagetitle", ""))
    if pagename == "search":
        context["docstitle"] = html.escape(context["docstitle"])


def setup(app):
    app.connect("html-page-context", escape_titles, priority=900)  # after the theme has set them
