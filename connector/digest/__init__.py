"""The morning digest: what has changed since each recipient was last told, in one message, or in none.

    night.py    how the last night ended, in one sentence with the next step
    news.py     the changes of state that can be told
    letter.py   what one recipient hears of them, and has not heard yet
    text.py     a letter as plain text
    page.py     the same as HTML, by letter.html
    mail.py slack.py others.py   the ways that letters go
    post.py     sends each letter and keeps on record what was told

Nothing here reaches a CRM. Whatever comes from one, such as the name of an account, is text and never markup.
"""
