#ifndef STREAM_FORMER_NAME_H
#define STREAM_FORMER_NAME_H

#include "stream/file_identity.h"

/* Opens the file of that identity in the folder of `name`, from which a rotation has taken its
   name (log, now log.1); -1 = it is not there. */
int former_name_open(const char *name, const struct file_identity *identity);

#endif
