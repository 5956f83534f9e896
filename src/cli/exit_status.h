#ifndef CLI_EXIT_STATUS_H
#define CLI_EXIT_STATUS_H

/* What a tool's exit tells a script; evtools(7), EXIT STATUS. Signals end a tool as 128+n. */
enum exit_status {
    STATUS_OK = 0,
    STATUS_REJECTED = 1, /* ran to the end, but records were rejected or an --assert is false */
    STATUS_USAGE = 2,    /* wrong usage, expression or time field; nothing was written */
    STATUS_IO = 3,       /* a read or a write failed */
    STATUS_STATE = 4,    /* state damaged, incompatible, or cannot be saved */
    STATUS_LOCKED = 75   /* state locked by another run */
};

#endif
