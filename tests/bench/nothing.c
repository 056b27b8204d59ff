/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process costs that does nothing but load its libraries. */
int
main(void)
{
	return 0;
}
