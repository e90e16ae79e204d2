/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/agree_digits.h - CISTERN_AGREE_DIGITS, the last three decimal digits of CISTERN_AGREE_NUMBER as
 * one token, for cistern/agree.h. Included once for each number that is compared, and once where the
 * library defines its symbol. */

#undef CISTERN_AGREE_DIGIT_2
#if (CISTERN_AGREE_NUMBER) / 100 % 10 == 0
#    define CISTERN_AGREE_DIGIT_2 0
#elif (CISTERN_AGREE_NUMBER) / 100 % 10 == 1
#    define CISTERN_AGREE_DIGIT_2 1
#elif (CISTERN_AGREE_NUMBER) / 100 % 10 == 2
#    define CISTERN_AGREE_DIGIT_2 2
#elif (CISTERN_AGREE_NUMBER) / 100 % 10 == 3
#    define CISTERN_AGREE_DIGIT_2 3
#elif (CISTERN_AGREE_NUMBER) / 100 % 10 == 4
#    define CISTERN_AGREE_DIGIT_2 4
#elif (CISTERN_AGREE_NUMBER) / 100 % 10 == 5
#    define CISTERN_AGREE_DIGIT_2 5
#elif (CISTERN_AGREE_NUMBER) / 100 % 10 == 6
#    define CISTERN_AGREE_DIGIT_2 6
#elif (CISTERN_AGREE_NUMBER) / 100 % 10 == 7
#    define CISTERN_AGREE_DIGIT_2 7
#elif (CISTERN_AGREE_NUMBER) / 100 % 10 == 8
#    define CISTERN_AGREE_DIGIT_2 8
#else
#    define CISTERN_AGREE_DIGIT_2 9
#endif

#undef CISTERN_AGREE_DIGIT_1
#if (CISTERN_AGREE_NUMBER) / 10 % 10 == 0
#    define CISTERN_AGREE_DIGIT_1 0
#elif (CISTERN_AGREE_NUMBER) / 10 % 10 == 1
#    define CISTERN_AGREE_DIGIT_1 1
#elif (CISTERN_AGREE_NUMBER) / 10 % 10 == 2
#    define CISTERN_AGREE_DIGIT_1 2
#elif (CISTERN_AGREE_NUMBER) / 10 % 10 == 3
#    define CISTERN_AGREE_DIGIT_1 3
#elif (CISTERN_AGREE_NUMBER) / 10 % 10 == 4
#    define CISTERN_AGREE_DIGIT_1 4
#elif (CISTERN_AGREE_NUMBER) / 10 % 10 == 5
#    define CISTERN_AGREE_DIGIT_1 5
#elif (CISTERN_AGREE_NUMBER) / 10 % 10 == 6
#    define CISTERN_AGREE_DIGIT_1 6
#elif (CISTERN_AGREE_NUMBER) / 10 % 10 == 7
#    define CISTERN_AGREE_DIGIT_1 7
#elif (CISTERN_AGREE_NUMBER) / 10 % 10 == 8
#    define CISTERN_AGREE_DIGIT_1 8
#else
#    define CISTERN_AGREE_DIGIT_1 9
#endif

#undef CISTERN_AGREE_DIGIT_0
#if (CISTERN_AGREE_NUMBER) % 10 == 0
#    define CISTERN_AGREE_DIGIT_0 0
#elif (CISTERN_AGREE_NUMBER) % 10 == 1
#    define CISTERN_AGREE_DIGIT_0 1
#elif (CISTERN_AGREE_NUMBER) % 10 == 2
#    define CISTERN_AGREE_DIGIT_0 2
#elif (CISTERN_AGREE_NUMBER) % 10 == 3
#    define CISTERN_AGREE_DIGIT_0 3
#elif (CISTERN_AGREE_NUMBER) % 10 == 4
#    define CISTERN_AGREE_DIGIT_0 4
#elif (CISTERN_AGREE_NUMBER) % 10 == 5
#    define CISTERN_AGREE_DIGIT_0 5
#elif (CISTERN_AGREE_NUMBER) % 10 == 6
#    define CISTERN_AGREE_DIGIT_0 6
#elif (CISTERN_AGREE_NUMBER) % 10 == 7
#    define CISTERN_AGREE_DIGIT_0 7
#elif (CISTERN_AGREE_NUMBER) % 10 == 8
#    define CISTERN_AGREE_DIGIT_0 8
#else
#    define CISTERN_AGREE_DIGIT_0 9
#endif

#undef CISTERN_AGREE_NUMBER
#undef CISTERN_AGREE_DIGITS
#define CISTERN_AGREE_DIGITS                                                                       \
    CISTERN_AGREE_DIGITS_(CISTERN_AGREE_DIGIT_2, CISTERN_AGREE_DIGIT_1, CISTERN_AGREE_DIGIT_0)
#undef CISTERN_AGREE_DIGITS_
#undef CISTERN_AGREE_DIGITS_OF
#define CISTERN_AGREE_DIGITS_(hundreds, tens, ones)   CISTERN_AGREE_DIGITS_OF(hundreds, tens, ones)
#define CISTERN_AGREE_DIGITS_OF(hundreds, tens, ones) hundreds##tens##ones
