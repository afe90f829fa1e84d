/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Takes the text of a call's arguments apart.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lens/view/fields.h"
#include "lens/view/table.h"

/** How long the key is that begins here; 0 if what follows is no `key=`. */
static size_t key_length(const char *at)
{
    size_t length = 0;
    while (islower((unsigned char)at[length]) || at[length] == '_')
        length++;
    return at[length] == '=' ? length : 0;
}

/** Whether the values end here: at the end, or before a blank and a key. */
static bool is_end(const char *at)
{
    return *at == '\0' || (*at == ' ' && key_length(at + 1) > 0);
}

/** How long a value in quotes is. */
static size_t quoted_length(const char *value, bool escaped)
{
    size_t length = 1;
    for (; value[length] != '\0'; length++) {
        if (escaped && value[length] == '\\' && value[length + 1] != '\0')
            length++;
        else if (value[length] == '"' && is_end(value + length + 1))
            return length + 1;
    }
    return length;
}

/** Whether a letter stands for data. */
static bool is_data(char letter)
{
    return letter == 'w' || letter == 'r';
}

bool field_next(uint32_t call, const char **at, struct field *field)
{
    *at += **at == ' ';
    size_t length = key_length(*at);
    if (length == 0)
        return false;
    field->key = *at;
    field->key_length = length;
    field->letter = table_letter(call, *at, length);
    field->value = *at + length + 1;
    if (*field->value == '"')
        length = quoted_length(field->value, is_data(field->letter));
    else
        for (length = 0; !is_end(field->value + length);)
            length++;
    field->value_length = length;
    *at = field->value + length;
    return true;
}

bool field_find(
    uint32_t call, const char *text, char letter, struct field *field)
{
    while (field_next(call, &text, field))
        if (field->letter == letter)
            return true;
    return false;
}

uint32_t field_number(const char *text, const char *key)
{
    struct field field;
    while (field_next(UINT32_MAX, &text, &field))
        if (field.key_length == strlen(key)
            && memcmp(field.key, key, field.key_length) == 0)
            return strtoul(field.value, NULL, 0);
    return 0;
}

bool field_is_cut(const struct field *field)
{
    return field->value[0] == '"'
           && (field->value_length < 2
               || field->value[field->value_length - 1] != '"');
}

/** The value of a hexadecimal digit. */
static unsigned digit(char letter)
{
    const char *digits = "0123456789abcdef";
    const char *at = letter != '\0' ? strchr(digits, letter) : NULL;
    return at != NULL ? (unsigned)(at - digits) : 0;
}

size_t field_bytes(const struct field *field, unsigned char *bytes)
{
    const char *at = field->value + 1;
    const char *end = field->value + field->value_length - !field_is_cut(field);
    size_t count = 0;
    if (field->value_length == 0 || field->value[0] != '"')
        return 0;
    while (at < end) {
        if (*at != '\\') {
            bytes[count++] = (unsigned char)*at++;
        } else if (end - at >= 4 && at[1] == 'x') {
            bytes[count++] = (unsigned char)(digit(at[2]) << 4 | digit(at[3]));
            at += 4;
        } else if (end - at >= 2) {
            bytes[count++] = (unsigned char)at[1];
            at += 2;
        } else {
            break;
        }
    }
    return count;
}
