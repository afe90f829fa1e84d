/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief The words beside an item's bar: one line, or two.
 */
#include <string.h>

#include "lens/view/label.h"
#include "lens/view/plan.h"
#include "lens/view/words.h"

/** The columns of a text and the blank in front of it. */
static int columns_of(const struct text *text)
{
    return text->length > 0 ? text_columns(text->at) + 1 : 0;
}

void label_make(
    const struct story *story, const struct item *item, struct label *label)
{
    struct text result = {0}, notes = {0};
    *label = (struct label){
        .one_line = item->row == item->end_row
                    || (item->inside && words_fit(story, item)),
        .row = item->inside ? item->row + 1 : item->end_row,
    };
    words_argument(story, item, &label->argument);
    text_cut(
        &label->argument,
        story->label_columns - 1 - (int)strlen(words_title(item)));
    if (item->goes_on)
        text_add(&result, "later");
    else
        words_result(story, item, &result);
    words_notes(story, item, &notes);
    if (notes.length > 0)
        text_add(&result, result.length > 0 ? ", %s" : "%s", notes.at);
    if (result.length == 0 && item->ends_apart && item->kind == ITEM_CALL)
        text_add(&result, "returns");
    words_duration(story, item, &label->took);
    text_cut(&result, story->label_columns - 3 - text_columns(label->took.at));
    if (result.length > 0)
        text_add(&label->result, "→ %s", result.at);
    if (label->one_line)
        label->row = item->row;
}

int label_width(
    const struct story *story, const struct item *item, bool last_row)
{
    struct label label;
    label_make(story, item, &label);
    int columns = columns_of(&label.result) + columns_of(&label.took);
    if (label.one_line || !last_row)
        columns = (label.one_line ? columns : 0) + columns_of(&label.argument)
                  + (int)strlen(words_title(item));
    return (int)plan_width("x", 12 * columns);
}
